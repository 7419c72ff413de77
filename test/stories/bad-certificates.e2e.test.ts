import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueAuthority, issueCertificate, type ServerCertificate } from '@homelabcmd/hub/certificates';
import {
  AUTHORITY_PATH,
  certificateFingerprint,
  newEnrolmentToken,
  newKeyPair,
} from '@homelabcmd/protocol/link';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../house/house.ts';
import { startLoneAgent } from '../house/lone-agent.ts';

/**
 * Somebody in the place of the hub, with certificates that are good but for one thing. The agent is the built one, in a
 * process of its own; it may ask for the authority, which is no secret, and nothing else.
 */
const DAY_MS = 86_400_000;
const HUB_KEY = newKeyPair();
const day = (days: number) => new Date(Date.now() + days * DAY_MS);
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const key = newKey();
const authorityOf = async (name: string) => {
  const own = newKey();
  return { key: own, certificate: await issueAuthority(own, name, { from: day(-2), to: day(1000) }) };
};
const ours = await authorityOf('The hub');
const namesake = await authorityOf('The hub');
const GOOD: ServerCertificate = { key, names: ['127.0.0.1'], from: day(-1), to: day(30) };

/** Its subject is its issuer: there is nothing above it. */
async function signedByItself(): Promise<string> {
  return issueCertificate({ key, certificate: await issueAuthority(key, 'HomelabCmd hub', GOOD) }, GOOD);
}

interface Shown {
  readonly certificate: string;
  /** What is handed out as the authority. */
  readonly authority?: string;
  /** So often a proxy answers that the hub is not there. */
  readonly awayTimes?: number;
}

async function agentAt({ certificate, authority = ours.certificate, awayTimes = 0 }: Shown) {
  const asked: string[] = [];
  const server = createServer({
    key: key.export({ type: 'pkcs8', format: 'pem' }),
    cert: `${certificate}\n${authority}`,
  });
  server.on('request', (request, response) => {
    asked.push(request.url ?? '');
    const isAway = asked.length <= awayTimes;
    response.writeHead(isAway ? 502 : 200).end(isAway ? 'no hub here' : authority);
  });
  server.on('upgrade', (request, socket) => {
    asked.push(`upgrade ${request.url ?? ''}`);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const agent = await startLoneAgent({
    HOMELABCMD_HUB_URL: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    HOMELABCMD_ENROLMENT_TOKEN: newEnrolmentToken(HUB_KEY.publicKey, certificateFingerprint(ours.certificate))
      .text,
  });
  onTestFinished(() => agent[Symbol.asyncDispose]());
  return { asked, agent };
}

test('a certificate from the authority that the token names is taken', async () => {
  const { asked } = await agentAt({ certificate: await issueCertificate(ours, GOOD) });
  await until('the link is opened', async () => asked.includes('upgrade /agent/v1/link'));
  expect(asked[0]).toBe(AUTHORITY_PATH);
});

test('a proxy that says that the hub is away is not taken for another hub: the agent asks again soon', async () => {
  const certificate = await issueCertificate(ours, GOOD);
  const { asked, agent } = await agentAt({ certificate, awayTimes: 2 });
  await until('the link is opened', async () => asked.includes('upgrade /agent/v1/link'));
  expect(agent.output()).not.toContain('told nothing');
});

test.each<[string, () => Promise<string>, string]>([
  ['has signed itself', () => signedByItself(), 'DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF'],
  [
    'is from another authority of the same name',
    () => issueCertificate(namesake, GOOD),
    'CERT_SIGNATURE_FAILURE|UNABLE_TO',
  ],
  ['has ended', () => issueCertificate(ours, { ...GOOD, from: day(-9), to: day(-1) }), 'CERT_HAS_EXPIRED'],
  ['is for later', () => issueCertificate(ours, { ...GOOD, from: day(1) }), 'CERT_NOT_YET_VALID'],
  [
    'is for another name',
    () => issueCertificate(ours, { ...GOOD, names: ['hub.lan', '127.0.0.2'] }),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  ['is for clients alone', () => issueCertificate(ours, { ...GOOD, purpose: 'client' }), 'INVALID_PURPOSE'],
])('a certificate that %s is not, and the agent says why', async (_, issue, code) => {
  const { asked, agent } = await agentAt({ certificate: await issue() });
  await until('the agent has said why', async () => new RegExp(code).test(agent.output()));
  expect([...new Set(asked)]).toEqual([AUTHORITY_PATH]);
  expect(agent.output()).toContain('the hub cannot be reached');
});

test('nor is a hub that hands out another authority than the token names', async () => {
  const certificate = await issueCertificate(namesake, GOOD);
  const { asked, agent } = await agentAt({ certificate, authority: namesake.certificate });
  await until('the agent has said why', async () =>
    agent.output().includes('not from the authority that the enrolment token names'),
  );
  expect([...new Set(asked)]).toEqual([AUTHORITY_PATH]);
});
