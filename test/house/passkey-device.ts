import type { Page } from 'playwright-core';

/** A device of this browser's own that keeps passkeys, and whose person is looked at and says yes. */
export async function addPasskeyDevice(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
}

/** The same address by the machine's name: no browser makes a passkey for an IP address. */
export const byName = (address: string): string => address.replace('127.0.0.1', 'localhost');
