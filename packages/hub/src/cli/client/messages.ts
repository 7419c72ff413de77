/** One message of Server-Sent Events. */
export interface Message {
  readonly event: string;
  readonly data: string;
}

/** Far more than any fact of a hub. */
const LONGEST_MESSAGE = 16 * 1024 * 1024;

/** The messages of a stream as they come. @throws when it is cut, or when one has no end */
export async function* messagesOf(response: Response): AsyncGenerator<Message> {
  if (response.body === null) return;
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    if (text.length > LONGEST_MESSAGE) throw new Error('a message of the stream has no end');
    for (const block of blocks) yield messageOf(block);
  }
}

function messageOf(block: string): Message {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return { event, data: data.join('\n') };
}
