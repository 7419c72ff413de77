import { expect, test } from 'vitest';
import { type Message, messagesOf } from './messages.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A stream that comes in these pieces. */
const cameIn = (pieces: readonly Uint8Array[]): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    }),
  );

async function read(response: Response): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of messagesOf(response)) messages.push(message);
  return messages;
}

const STREAM =
  'event: hello\ndata: {"head":1}\n\n: a comment\n\nid: 2\nevent: fact\ndata: {"name":"Größe 😀"}\n\n';

test('the messages are the same wherever the network cuts the stream, also within a letter', async () => {
  const whole = await read(cameIn([bytesOf(STREAM)]));
  expect(whole).toEqual([
    { event: 'hello', data: '{"head":1}' },
    { event: 'message', data: '' },
    { event: 'fact', data: '{"name":"Größe 😀"}' },
  ]);
  const bytes = bytesOf(STREAM);
  for (let at = 1; at < bytes.length; at += 1)
    expect(await read(cameIn([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(whole);
  expect(await read(cameIn([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(whole);
});

test('what was cut within a message is no message', async () => {
  expect(await read(cameIn([bytesOf('event: fact\ndata: {"id":1}\n')]))).toEqual([]);
});

test('a message that does not end is not gathered without end', async () => {
  const piece = new Uint8Array(1024 * 1024).fill(120);
  await expect(read(cameIn(Array.from({ length: 18 }, () => piece)))).rejects.toThrow('has no end');
});
