import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** One end of a WebSocket, as bytes: it can also send what no WebSocket library would. */
export interface Wire {
  say(text: string): void;
  /** Bytes as they are, in whatever frames they may be. */
  write(bytes: Buffer): void;
  onText: (text: string) => void;
  /** The other side has closed, with this code; 1006: without a word. */
  readonly closed: Promise<number>;
  readonly isOpen: boolean;
  end(): void;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** One frame of RFC 6455. `first` is its first byte: whether it is the last part, reserved bits, and what it is. */
export function frameOf(first: number, payload: Buffer, isMasked: boolean): Buffer {
  const { length } = payload;
  const masked = isMasked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, masked | length])
      : length < 65_536
        ? Buffer.alloc(4)
        : Buffer.alloc(10);
  if (length >= 126) {
    head[0] = first;
    head[1] = masked | (length < 65_536 ? 126 : 127);
    if (length < 65_536) head.writeUInt16BE(length, 2);
    else head.writeBigUInt64BE(BigInt(length), 2);
  }
  // A mask of zeros is a mask, and leaves the bytes as they are.
  return Buffer.concat([head, ...(isMasked ? [Buffer.alloc(4)] : []), payload]);
}

const textFrame = (text: string, isMasked: boolean): Buffer =>
  frameOf(0x80 | TEXT, Buffer.from(text, 'utf8'), isMasked);

function wireOver(socket: Duplex, isMasked: boolean): Wire & { feed(chunk: Buffer): void } {
  const closed = Promise.withResolvers<number>();
  let [code, isOpen, rest] = [1006, true, Buffer.alloc(0) as Buffer];
  const over = () => {
    isOpen = false;
    closed.resolve(code);
  };
  socket.on('error', () => undefined).on('close', over);
  const take = (kind: number, payload: Buffer) => {
    if (kind === TEXT) wire.onText(payload.toString('utf8'));
    else if (kind === PING) wire.write(frameOf(0x80 | PONG, payload, isMasked));
    else if (kind === CLOSE) {
      code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      isOpen = false;
      socket.end(frameOf(0x80 | CLOSE, payload.subarray(0, 2), isMasked));
      setTimeout(() => socket.destroy(), 500).unref();
      closed.resolve(code);
    }
  };
  const wire = {
    closed: closed.promise,
    get isOpen() {
      return isOpen;
    },
    onText: (_text: string) => undefined as void,
    say: (text: string) => wire.write(textFrame(text, isMasked)),
    write: (bytes: Buffer) => void (isOpen && socket.write(bytes)),
    end: () => void socket.destroy(),
    feed(chunk: Buffer) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let one = partOf(rest); one !== null; one = partOf(rest)) {
        rest = rest.subarray(one.end);
        take(one.kind, one.payload);
      }
    },
  };
  socket.on('data', wire.feed);
  return wire;
}

/** The first whole frame of these bytes; `null` while there is none. Both sides that are played send whole texts. */
function partOf(bytes: Buffer): { kind: number; payload: Buffer; end: number } | null {
  if (bytes.length < 2) return null;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const lengthEnds = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < lengthEnds) return null;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const from = lengthEnds + ((second & 0x80) === 0 ? 0 : 4);
  if (bytes.length < from + length) return null;
  const payload = Buffer.from(bytes.subarray(from, from + length));
  if ((second & 0x80) !== 0)
    for (let at = 0; at < length; at += 1)
      payload[at] = (payload[at] ?? 0) ^ (bytes[lengthEnds + (at % 4)] ?? 0);
  return { kind: first & 0x0f, payload, end: from + length };
}

/** Opens a WebSocket as an agent does. @throws when it is refused */
export async function dial(url: string, path: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const opened = Promise.withResolvers<Buffer>();
  socket
    .once('error', opened.reject)
    .once('close', () => opened.reject(new Error('the upgrade was refused')));
  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    socket.off('data', onHead);
    if (head.toString('latin1', 0, 12) === 'HTTP/1.1 101') opened.resolve(head.subarray(end + 4));
    else opened.reject(new Error(`the upgrade was answered with ${head.toString('latin1', 0, 40)}`));
  };
  socket.on('data', onHead);
  const key = randomBytes(16).toString('base64');
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  const rest = await opened.promise;
  const wire = wireOver(socket, true);
  if (rest.length > 0) setImmediate(() => wire.feed(rest));
  return wire;
}

/** Stands where a hub stands. */
export async function listen(
  onWire: (wire: Wire, path: string) => void,
): Promise<{ port: number } & Disposable> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    onWire(wireOver(socket, false), request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
