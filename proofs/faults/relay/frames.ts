/** One WebSocket frame as it went over the wire. */
export interface WireFrame {
  /** The frame's own bytes, to be passed on as they are. */
  readonly bytes: Buffer;
  /** What it says when it is a whole text, else `null`. */
  readonly text: string | null;
}

const TEXT = 0x1;
const FINAL = 0x80;
const MASKED = 0x80;

/** Cuts a stream into WebSocket frames; what is not whole yet waits. The HTTP head before them is handed on first. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);
  #isPastHead = false;

  /** The bytes of the HTTP head that came to its end in this chunk, or none; and the frames that became whole. */
  push(chunk: Buffer): { head: Buffer | null; frames: WireFrame[] } {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let head: Buffer | null = null;
    if (!this.#isPastHead) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return { head: null, frames: [] };
      head = this.#rest.subarray(0, end + 4);
      this.#rest = this.#rest.subarray(end + 4);
      this.#isPastHead = true;
    }
    const frames: WireFrame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return { head, frames };
  }

  #next(): WireFrame | null {
    const buffer = this.#rest;
    const [first, second] = [buffer[0], buffer[1]];
    if (first === undefined || second === undefined) return null;
    let at = 2;
    let length = second & 0x7f;
    if (length === 126) {
      if (buffer.length < 4) return null;
      length = buffer.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (buffer.length < 10) return null;
      length = Number(buffer.readBigUInt64BE(2));
      at = 10;
    }
    const isMasked = (second & MASKED) !== 0;
    const mask = isMasked ? buffer.subarray(at, at + 4) : null;
    if (isMasked) at += 4;
    if (buffer.length < at + length) return null;
    this.#rest = buffer.subarray(at + length);
    const isWholeText = first === (FINAL | TEXT);
    const payload = buffer.subarray(at, at + length);
    return {
      bytes: buffer.subarray(0, at + length),
      text: isWholeText ? unmasked(payload, mask).toString('utf8') : null,
    };
  }
}

function unmasked(payload: Buffer, mask: Buffer | null): Buffer {
  if (mask === null) return payload;
  const plain = Buffer.from(payload);
  for (let i = 0; i < plain.length; i += 1) plain[i] = (plain[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return plain;
}

/** A text as a frame from a server, which is not masked. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = FINAL | TEXT;
  if (payload.length < 126) head[1] = payload.length;
  else if (payload.length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}
