import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Probe } from '@homelabcmd/protocol';
import { requesterFor } from '../later.ts';
import { targetOf, WrongAnswer } from './answer.ts';

const MAX_BODY_BYTES = 64 * 1024;

type HttpProbe = Extract<Probe, { kind: 'http' }>;

/**
 * Asks for the page, by a connection of its own and without any proxy. A redirect is an answer like any other: whoever
 * answers must not choose where the agent connects to next. A certificate is not checked: those of loopback are
 * mostly self-made, nothing secret is sent, and nothing of the answer is believed but that there is one.
 */
export async function askHttp(probe: HttpProbe, address: string, signal: AbortSignal): Promise<string> {
  const url = new URL(probe.url);
  const { host, port } = targetOf(probe);
  const request = requesterFor(url.protocol).request({
    host: address,
    port,
    path: url.pathname + url.search,
    agent: false,
    servername: isIP(host) === 0 ? host : '',
    rejectUnauthorized: false,
    headers: { host: url.host, 'user-agent': 'HomelabCmd-probe', accept: '*/*', connection: 'close' },
    signal,
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.on('response', resolve).on('error', reject).end();
  try {
    return await judge(probe, await promise);
  } finally {
    request.destroy();
  }
}

async function judge(probe: HttpProbe, response: IncomingMessage): Promise<string> {
  // An error after the judgement, as when the other end breaks off, is nobody's any more.
  response.on('error', () => undefined);
  const status = response.statusCode ?? 0;
  const { expect_status: expected, expect_body: text } = probe;
  const isRight = expected === null ? status >= 200 && status <= 399 : status === expected;
  if (!isRight)
    throw new WrongAnswer(
      `It answers with HTTP ${status}, not with ${expected ?? 'a status from 200 to 399'}.`,
    );
  if (text === null) return `It answers with HTTP ${status}.`;
  if (!(await holds(response, text)))
    throw new WrongAnswer(`It answers with HTTP ${status}, without the text that is expected.`);
  return `It answers with HTTP ${status} and the text that is expected.`;
}

/** Whether the text is in the beginning of the body. A body without an end is not waited for once the text was seen. */
async function holds(response: IncomingMessage, text: string): Promise<boolean> {
  let seen = Buffer.alloc(0);
  for await (const chunk of response) {
    seen = Buffer.concat([seen, chunk as Buffer]).subarray(0, MAX_BODY_BYTES);
    if (seen.includes(text)) return true;
    if (seen.length === MAX_BODY_BYTES) return false;
  }
  return false;
}
