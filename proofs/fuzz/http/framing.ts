import type { Sent } from './wire.ts';

interface Request {
  /** The first line without the version. */
  readonly first: string;
  readonly headers: (readonly [name: string, value: string])[];
  readonly payload: Buffer;
  readonly hasBody: boolean;
}

/** What is wrong with the request as bytes. */
interface Twist {
  readonly line?: (line: string) => string;
  readonly headers?: (readonly [name: string, value: string])[];
  readonly payload?: (payload: Buffer) => Buffer;
  readonly end?: string;
  /** The length of the body is not said. */
  readonly isChunked?: true;
  readonly hasNoHost?: true;
  /** More is announced than comes. */
  readonly isCut?: boolean;
}

const chunked = (payload: Buffer): Buffer =>
  Buffer.concat([
    ...(payload.length === 0
      ? []
      : [Buffer.from(`${payload.length.toString(16)}\r\n`), payload, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);

const TWISTS = {
  'long header': () => ({ headers: [['x-long', 'x'.repeat(20_000)]] }),
  'many headers': () => ({ headers: Array.from({ length: 2500 }, (_, n) => [`x${n % 7}`, ''] as const) }),
  'NUL in a header': () => ({ headers: [['x-odd', 'a\0b']] }),
  'folded header': () => ({ headers: [['x-odd', 'a\r\n b']] }),
  'bare line ends': () => ({ end: '\n' }),
  'no host': () => ({ hasNoHost: true }),
  'two lengths': ({ hasBody }) => ({ headers: [['content-length', '1']], isCut: !hasBody }),
  'bad length': () => ({ headers: [['content-length', '-5']] }),
  'length and chunks': () => ({
    headers: [
      ['transfer-encoding', 'chunked'],
      ['content-length', '3'],
    ],
  }),
  'bad chunk': () => ({
    ...{ headers: [['transfer-encoding', 'chunked']], isChunked: true },
    payload: () => Buffer.from('zz\r\nnope\r\n0\r\n\r\n'),
  }),
  chunked: () => ({ headers: [['transfer-encoding', 'chunked']], isChunked: true, payload: chunked }),
  cut: () => ({ headers: [['content-length', '999']], isCut: true }),
  'no version': () => ({ line: (line) => line.replace(' HTTP/1.1', '') }),
  'odd method': () => ({ line: (line) => `BREW ${line.slice(line.indexOf(' ') + 1)}` }),
  'long address': ({ first }) => ({
    line: (line) =>
      line.replace(' HTTP/1.1', `${first.includes('?') ? '&' : '?'}q=${'x'.repeat(17_000)} HTTP/1.1`),
  }),
} as const satisfies Record<string, (of: Request) => Twist>;

export type Transport = 'as it is' | keyof typeof TWISTS;
export const TRANSPORTS = Object.keys(TWISTS) as (keyof typeof TWISTS)[];

/** The bytes of a request. */
export function framed(request: Request, transport: Transport, isStream: boolean): Sent {
  const twist: Twist = transport === 'as it is' ? {} : TWISTS[transport](request);
  const {
    line = (whole: string) => whole,
    payload = (bytes: Buffer) => bytes,
    end = '\r\n',
    isCut = false,
  } = twist;
  const isSaid = request.hasBody && twist.isChunked !== true;
  const headers = [
    ...request.headers.slice(twist.hasNoHost ? 1 : 0),
    ...(isSaid ? [['content-length', String(request.payload.length)] as const] : []),
    ...(twist.headers ?? []),
  ];
  // A value of a header is read byte by byte; an address may hold anything.
  const head = [
    Buffer.from(line(`${request.first} HTTP/1.1`), 'utf8'),
    Buffer.from(
      `${end}${headers.map(([name, value]) => `${name}: ${value}${end}`).join('')}${end}`,
      'latin1',
    ),
  ];
  return {
    bytes: Buffer.concat([...head, payload(request.payload)]),
    isCut,
    isStream,
    isLast: transport !== 'as it is',
  };
}
