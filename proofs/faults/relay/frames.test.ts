import { expect, test } from 'vitest';
import { FrameCutter, textFrame } from './frames.ts';

const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';

function masked(text: string): Buffer {
  const frame = textFrame(text);
  const headLength = frame.length - Buffer.byteLength(text);
  const mask = Buffer.from([1, 2, 3, 4]);
  const payload = frame.subarray(headLength).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  const head = Buffer.from(frame.subarray(0, headLength));
  head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, mask, payload]);
}

test.each([1, 7, 100, 100_000])('texts come out as they went in, in chunks of %d bytes', (size) => {
  const texts = ['{}', 'ä'.repeat(100), 'x'.repeat(300), 'y'.repeat(size === 1 ? 200 : 70_000), ''];
  const wire = Buffer.concat([
    Buffer.from(HEAD),
    ...texts.flatMap((text) => [textFrame(text), masked(text)]),
  ]);
  const cutter = new FrameCutter();
  const heads: string[] = [];
  const out: (string | null)[] = [];
  const bytes: Buffer[] = [];
  for (let at = 0; at < wire.length; at += size) {
    const { head, frames } = cutter.push(wire.subarray(at, at + size));
    if (head !== null) heads.push(head.toString());
    out.push(...frames.map((frame) => frame.text));
    bytes.push(...frames.map((frame) => frame.bytes));
  }
  expect(heads).toEqual([HEAD]);
  expect(out).toEqual(texts.flatMap((text) => [text, text]));
  expect(Buffer.concat(bytes)).toEqual(wire.subarray(HEAD.length));
});

test('a frame that is no whole text passes without being read', () => {
  const cutter = new FrameCutter();
  const ping = Buffer.from([0x89, 0x02, 0x68, 0x69]);
  const { frames } = cutter.push(Buffer.concat([Buffer.from(HEAD), ping]));
  expect(frames).toEqual([{ bytes: ping, text: null }]);
});
