import {
  type ChannelKindId,
  type QuietHours,
  Routing,
  QuietHours as QuietHoursForm,
} from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import type { Schema, Store } from '../store/schema.ts';
import type { Kind, Settings } from './channels/kind.ts';
import { CHANNEL_KINDS } from './channels/registry.ts';
import { whole } from './channels/settings.ts';

/** Keeps secrets out of the store: what is shut for one opens for no other. */
export interface Safe {
  shut(secret: string, whose: string): string;
  open(text: string, whose: string): string | null;
}

export type ChannelRow = Selectable<Schema['channels']>;

/** A channel as those who use it need it. */
export interface KeptChannel {
  readonly channelId: string;
  readonly name: string;
  readonly kindId: ChannelKindId;
  readonly kind: Kind;
  readonly isEnabled: boolean;
  readonly routing: Routing;
  readonly quiet: QuietHours | null;
  readonly plain: Settings;
  readonly afterEvent: number;
  readonly gathersUntil: string | null;
  readonly secretsShut: string | null;
}

export const keptOf = (row: ChannelRow): KeptChannel => ({
  ...{ channelId: row.channel_id, name: row.name, kindId: row.kind, kind: CHANNEL_KINDS[row.kind] },
  ...{ isEnabled: row.enabled === 1, afterEvent: Number(row.after_event) },
  ...{ gathersUntil: row.gathers_until, secretsShut: row.secrets_shut },
  routing: Routing.parse(JSON.parse(row.routing_json)),
  quiet: row.quiet_hours_json === null ? null : QuietHoursForm.parse(JSON.parse(row.quiet_hours_json)),
  plain: JSON.parse(row.settings_json) as Settings,
});

export async function allChannels(db: Store): Promise<KeptChannel[]> {
  const rows = await db.selectFrom('channels').selectAll().orderBy('channel_id').execute();
  return rows.map(keptOf);
}

export async function findChannel(db: Store, channelId: string): Promise<KeptChannel | null> {
  const row = await db
    .selectFrom('channels')
    .selectAll()
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return row === undefined ? null : keptOf(row);
}

/** `null`: the hub has not the key any more with which they were shut. */
export function secretsOf(
  safe: Safe,
  { channelId, secretsShut }: Pick<KeptChannel, 'channelId' | 'secretsShut'>,
): Settings | null {
  if (secretsShut === null) return {};
  const text = safe.open(secretsShut, channelId);
  return text === null ? null : (JSON.parse(text) as Settings);
}

/** All that is needed to send by it. */
export function settingsFor(channel: KeptChannel, secret: Settings): Settings {
  return whole(channel.kind, { plain: channel.plain, secret });
}
