import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../prepare/root.mjs';

/**
 * The key that releases of the agent are signed with. Servers keep its public half from their first installation on, and take
 * no upgrade that another key has signed. It is never where a hub runs from a release: there is only what it has signed.
 *
 * @typedef {{ publicPem: string, sign: ((bytes: Buffer) => Buffer) | null }} ReleaseKey
 */

/**
 * From the file that `HOMELABCMD_RELEASE_KEY` names; without it, from `release-key.pem` of the checkout, where one is made.
 * A file with a public key alone makes a release that is yet to be signed, elsewhere.
 *
 * @returns {ReleaseKey}
 */
export function releaseKey() {
  const given = process.env['HOMELABCMD_RELEASE_KEY'];
  const path = given ?? join(root, 'release-key.pem');
  if (given === undefined && !existsSync(path)) makeKey(path);
  const pem = readFileSync(path, 'utf8');
  const isPrivate = pem.includes('PRIVATE KEY');
  const publicKey = isPrivate ? createPublicKey(createPrivateKey(pem)) : createPublicKey(pem);
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error(`${path} is no Ed25519 key.`);
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: isPrivate ? (bytes) => sign(null, bytes, createPrivateKey(pem)) : null,
  };
}

/** @param {string} path */
function makeKey(path) {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  console.log(
    `Made ${path}, which signs the agents that are built here. Servers will know it: keep it, and keep it to yourself.`,
  );
}
