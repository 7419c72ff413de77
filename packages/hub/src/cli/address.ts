import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import type { HubConfig } from '../config.ts';
import { addressesOf } from '../tls/addresses.ts';
import { certificatesIn } from '../tls/certificate.ts';
import { TLS_FOLDER } from '../tls/made.ts';

/**
 * Where the hub of these settings answers on its own machine. From here on this process takes the hub's certificate too,
 * which it finds where the hub itself does.
 */
export function addressOf(config: HubConfig): string {
  const url = addressesOf(config, config.port).localUrl;
  if (url.startsWith('https:'))
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...authoritiesOf(config)]);
  return url;
}

function authoritiesOf({ dataDir, tls: given }: HubConfig): readonly string[] {
  try {
    return certificatesIn(
      readFileSync(given?.certificateFile ?? join(dataDir, TLS_FOLDER, 'authority.pem'), 'utf8'),
    );
  } catch {
    // Then it is not taken, and the one who asks is told so.
    return [];
  }
}
