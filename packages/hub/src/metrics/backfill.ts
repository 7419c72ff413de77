import { FRAME_VERSION, type ServerFacts, type SpooledFrame } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { cellsOf } from './readings.ts';
import type { StepOfServer } from './tiers/blocks.ts';
import type { MetricHistory } from './tiers/history.ts';
import { startOf } from './tiers/tiers.ts';

/** An agent whose clock is further off than this knows not when it read what. */
const CLOCK_OFF_MS = 5 * 60_000;
/** A minute of an agent holds six; more than these would count for more than a minute that was told in time. */
const SAMPLES_A_MINUTE = 6;

export interface BackfillParts {
  readonly history: MetricHistory;
  readonly clock: Clock;
  readonly logger: Logger;
  send(
    serverId: string,
    frame:
      | { v: typeof FRAME_VERSION; type: 'query_spool' }
      | { v: typeof FRAME_VERSION; type: 'spool_ack'; batch: number },
  ): unknown;
}

/**
 * What agents read while they had no hub. It becomes minutes of the history, marked as told afterwards, and nothing else:
 * neither the newest reading nor whether a server is there.
 */
export class Backfill {
  readonly #parts: BackfillParts;
  /** Those whose agents keep readings. */
  readonly #keeping = new Set<string>();

  constructor(parts: BackfillParts) {
    this.#parts = parts;
  }

  connected(serverId: string, { spools_readings }: ServerFacts): void {
    if (spools_readings === true) this.#keeping.add(serverId);
    else this.#keeping.delete(serverId);
  }

  /** Asks an agent that was welcomed, if it is one that understands the question. */
  ask(serverId: string): void {
    if (this.#keeping.has(serverId)) this.#parts.send(serverId, { v: FRAME_VERSION, type: 'query_spool' });
  }

  /** Takes a batch in, and says so when it is in the store. */
  async take(serverId: string, frame: SpooledFrame): Promise<void> {
    const { history, clock, logger } = this.#parts;
    const offMs = Date.parse(frame.told_at) - clock.nowMs();
    if (Math.abs(offMs) <= CLOCK_OFF_MS) await history.backfill(stepsOf(serverId, frame, this.#parts));
    else
      logger.warn(
        { server_id: serverId, off_ms: offMs },
        'kept readings of a clock that is wrong are left out',
      );
    this.#parts.send(serverId, { v: FRAME_VERSION, type: 'spool_ack', batch: frame.batch });
  }
}

/** Those that are over, and of a time of which minutes are kept still. */
function stepsOf(
  serverId: string,
  { readings }: SpooledFrame,
  { history, clock }: BackfillParts,
): StepOfServer[] {
  const [, minutes] = history.tiers;
  const nowMs = clock.nowMs();
  return readings
    .map(({ at, samples, sample }) => ({
      ...{ serverId, atMs: startOf(Date.parse(at), minutes.stepMs) },
      step: { isBackfilled: true, cells: cellsOf(sample, Math.min(samples, SAMPLES_A_MINUTE)) },
    }))
    .filter(({ atMs }) => atMs + minutes.stepMs <= nowMs && atMs >= nowMs - minutes.keptMs);
}
