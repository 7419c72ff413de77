import type { IncomingMessage } from 'node:http';
import { AGENT_LINK_PATH } from '@homelabcmd/protocol';
import { later, requesterFor } from '../later.ts';
import { HubAuthority } from '../link/authority.ts';

const FILES_PATH = '/agent/v1/files/';
const SILENT_MS = 30_000;

/** Where a hub has a file of its release. @param linkUrl `wss://…`, or `ws://…` to this very machine */
export function addressOfFile(linkUrl: string, name: string): string {
  const url = new URL(linkUrl.replace(/^ws/, 'http'));
  url.pathname = url.pathname.slice(0, -AGENT_LINK_PATH.length) + FILES_PATH + encodeURIComponent(name);
  return url.href;
}

/**
 * Writes one file of the hub's release to `out`. What comes is nobody's word: whoever asked checks it. Redirects are not
 * followed.
 * @param stateDir where the agent keeps what it knows of its hub
 * @throws when the hub cannot be reached, or has no such file
 */
export async function fetchReleaseFile(
  address: string,
  stateDir: string,
  out: NodeJS.WritableStream,
): Promise<void> {
  const url = new URL(address);
  await new HubAuthority(stateDir, null, () => false).beTrusted(address.replace(/^http/, 'ws'));
  const response = await answerTo(url);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the hub answers with HTTP ${response.statusCode ?? 0} where ${url.pathname} should be`);
  }
  await later.streams.pipeline(response, out);
}

function answerTo(url: URL): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = requesterFor(url.protocol).get(url, { agent: false }, resolve);
  request.setTimeout(SILENT_MS, () => request.destroy(new Error('the hub is silent')));
  request.on('error', reject);
  return promise;
}
