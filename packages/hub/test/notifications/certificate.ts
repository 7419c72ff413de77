import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { issueAuthority, issueCertificate as issue } from '../../src/tls/issue.ts';

const DAY_MS = 86_400_000;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const now = () => ({ from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + DAY_MS) });

/** An authority of somebody's own. */
export async function makeAuthority(): Promise<{ key: KeyObject; cert: string }> {
  const key = newKey();
  return { key, cert: await issueAuthority(key, 'The house', now()) };
}

/** What a server shows: its key and its certificate, in PEM. */
export async function issueCertificate(
  authority: { key: KeyObject; cert: string },
  name: string,
): Promise<{ key: string; cert: string }> {
  const key = newKey();
  const cert = await issue(
    { key: authority.key, certificate: authority.cert },
    { key, names: [name], ...now() },
  );
  return { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}
