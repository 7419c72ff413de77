import type { Clock } from '../lib/clock.ts';
import type { Principal } from '../lib/handler.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { KeyUse } from './key-use.ts';
import { principalOfKey } from './keys.ts';
import { closeSession, openSession, principalOfSession } from './sessions.ts';

/** The ways in for people and programs, with each use of a key written down. */
export function doorOf(db: Store, clock: Clock, logger: Logger) {
  const use = new KeyUse(db, clock, logger);
  return {
    async principalOfKey(key: string) {
      const principal = await principalOfKey(db, key);
      if (principal) await use.record(principal.keyId);
      return principal;
    },
    async principalOfSession(secret: string) {
      const session = await principalOfSession(db, clock, secret);
      if (session) await use.record(session.principal.keyId);
      return session;
    },
    openSession: (principal: Principal) => openSession(db, clock, principal),
    closeSession: (secret: string) => closeSession(db, secret),
  };
}
