/**
 * The hub's advisory locks, as the two numbers that PostgreSQL knows each by; the first is «HLCD». They are of one
 * database, so that two hubs on two databases of a server know nothing of each other.
 */
const SPACE = 0x48_4c_43_44;

/** Held by the hub that this database belongs to, on a connection of its own, as long as that lasts. */
export const HUB_LOCK = `${SPACE}, 1`;

/** Held by the one transaction that is under way. */
export const TRANSACTION_LOCK = `${SPACE}, 2`;

/** Selects the process of the server that holds the hub's lock: none, or one. */
export const SELECT_HOLDER = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND classid = ${SPACE} AND objid = 1 AND objsubid = 2
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
