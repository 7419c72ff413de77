import type { Clock } from '../../lib/clock.ts';
import type { Ask } from '../../lib/outgoing/ask.ts';
import type { PlaceOf } from '../../lib/outgoing/place.ts';
import type { Store } from '../../store/schema.ts';
import { type KeptChannel, type Safe, secretsOf, settingsFor } from '../channels-kept.ts';
import type { Means, Outcome, Settings } from '../channels/kind.ts';
import { messageOf, type Told, testMessage } from '../message/message.ts';
import { alertOf, type Batch } from '../outbox/next.ts';
import { failed, sentenceOf } from './http.ts';
import { type Links, linkOf } from './link.ts';

export interface DeliverParts extends Links {
  readonly db: Store;
  readonly clock: Clock;
  readonly safe: Safe;
  readonly ask: Ask;
  readonly placeOf: PlaceOf;
}

/** Sends one message of the outbox, and says what became of it. It throws only what is no answer of anybody's. */
export type Delivering = (channel: KeptChannel, batch: Batch, signal: AbortSignal) => Promise<Outcome>;

export const deliverBy =
  (parts: DeliverParts): Delivering =>
  async (channel, { messageId, rows }, signal) => {
    const { kind } = channel;
    const [first] = rows;
    if (kind.tells === 'events')
      return sending(parts, channel, signal, (settings, means) =>
        kind.send(
          settings,
          { id: messageId, type: first?.title ?? '', json: first?.content_json ?? '{}' },
          means,
        ),
      );
    const told: Told[] = [];
    for (const row of rows) {
      const alert = alertOf(row);
      told.push({ occasion: row.occasion, alert, link: await linkOf(parts, alert) });
    }
    return sending(parts, channel, signal, (settings, means) =>
      kind.send(settings, messageOf(messageId, told), means),
    );
  };

/** A message that tells of nothing, to see whether it arrives. */
export function tryChannel(parts: DeliverParts, channel: KeptChannel, id: string): Promise<Outcome> {
  const { kind } = channel;
  const at = new Date(parts.clock.nowMs()).toISOString();
  return sending(parts, channel, AbortSignal.timeout(TRY_WITHIN_MS), (settings, means) =>
    kind.tells === 'events'
      ? kind.send(settings, kind.example(id, at), means)
      : kind.send(settings, testMessage(id, channel.name, parts.publicUrl), means),
  );
}

const TRY_WITHIN_MS = 20_000;

async function sending(
  parts: DeliverParts,
  channel: KeptChannel,
  signal: AbortSignal,
  send: (settings: Settings, means: Means) => Promise<Outcome>,
): Promise<Outcome> {
  const secrets = secretsOf(parts.safe, channel);
  if (secrets === null)
    return failed('The hub cannot open the secrets of this channel any more. Enter them again.', true);
  const { ask, placeOf } = parts;
  const means = { ask, placeOf, signal, nowMs: parts.clock.nowMs() };
  const outcome = await send(settingsFor(channel, secrets), means).catch((cause: unknown) =>
    failed(sentenceOf(cause)),
  );
  return { ...outcome, said: withoutSecrets(outcome.said, secrets) };
}

/** A receiver may say again what it was shown. */
function withoutSecrets(said: string | null, secrets: Settings): string | null {
  let text = said;
  for (const secret of Object.values(secrets).map(String))
    if (secret.length > 3) text = text?.replaceAll(secret, '…') ?? null;
  return text;
}
