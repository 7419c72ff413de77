import type { AlertKind, AlertSeverity, Channel, ChannelField, ChannelKind } from '@homelabcmd/protocol';
import type { ChannelWish } from '../../../api/settings/notifications.ts';

/** A channel as it is being filled in: every value as it is typed. */
export interface ChannelDraft {
  readonly kind: ChannelKind;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly values: Readonly<Record<string, string>>;
  /** Secrets that are set, and are to be taken away. */
  readonly dropped: readonly string[];
  readonly severities: readonly AlertSeverity[];
  readonly kinds: readonly AlertKind[];
  readonly servers: readonly string[];
  readonly tags: string;
  readonly isQuiet: boolean;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly criticalPasses: boolean;
}

export const isSecret = ({ type }: ChannelField): boolean => type === 'secret' || type === 'secret_url';

export function draftOf(channel: Channel | null, kind: ChannelKind): ChannelDraft {
  const { routing, quiet_hours } = channel ?? { routing: null, quiet_hours: null };
  return {
    ...{ kind, name: channel?.name ?? '', isEnabled: channel?.enabled ?? true, dropped: [] },
    values: valuesOf(kind, channel?.settings ?? {}),
    severities: routing?.severities ?? [],
    kinds: routing?.kinds ?? [],
    servers: routing?.server_ids ?? [],
    tags: (routing?.tags ?? []).join(', '),
    isQuiet: quiet_hours !== null,
    from: quiet_hours?.hours.from ?? '22:00',
    to: quiet_hours?.hours.to ?? '07:00',
    timeZone: quiet_hours?.hours.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    criticalPasses: quiet_hours?.critical_passes ?? true,
  };
}

/** What stands in the fields of a kind: what is set, or what holds where nothing is. */
export const valuesOf = (
  kind: ChannelKind,
  settings: Readonly<Record<string, string | number | null>>,
): Record<string, string> =>
  Object.fromEntries(
    kind.fields.map(({ name, by_default }) => [name, String(settings[name] ?? by_default ?? '')]),
  );

/** What is still to be filled in; `null` when all of it is. */
export function missingIn(draft: ChannelDraft, set: readonly string[]): string | null {
  if (draft.name.trim() === '') return 'Give it a name first';
  const empty = draft.kind.fields.find(
    (field) => field.required && draft.values[field.name]?.trim() === '' && !isKept(draft, field, set),
  );
  return empty === undefined ? null : `${empty.label} is needed`;
}

/** A secret that nobody has typed anew stays as it was. */
const isKept = ({ dropped }: ChannelDraft, field: ChannelField, set: readonly string[]): boolean =>
  isSecret(field) && set.includes(field.name) && !dropped.includes(field.name);

export function wishOf(draft: ChannelDraft): ChannelWish {
  const { kind, name, isEnabled, severities, kinds, servers, tags } = draft;
  const hours = { from: draft.from, to: draft.to, time_zone: draft.timeZone.trim() };
  return {
    ...{ name: name.trim(), kind: kind.kind, enabled: isEnabled },
    settings: Object.fromEntries(kind.fields.flatMap((field) => settingOf(draft, field))),
    routing: {
      ...{ severities: [...severities], kinds: [...kinds], server_ids: [...servers] },
      tags: tags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    },
    quiet_hours: draft.isQuiet ? { hours, critical_passes: draft.criticalPasses } : null,
  };
}

function settingOf(
  { values, dropped }: ChannelDraft,
  field: ChannelField,
): [string, string | number | null][] {
  const { name, type } = field;
  const typed = values[name] ?? '';
  if (isSecret(field)) return dropped.includes(name) ? [[name, null]] : typed === '' ? [] : [[name, typed]];
  if (typed.trim() === '') return [[name, null]];
  // What is no number is sent as it is: the hub says so, at the field.
  const number = Number(typed);
  return [[name, type === 'number' && !Number.isNaN(number) ? number : typed]];
}
