import type { ChannelField, ChannelKind as Described } from '@homelabcmd/protocol';
import type { Ask } from '../../lib/outgoing/ask.ts';
import type { PlaceOf } from '../../lib/outgoing/place.ts';
import type { Message } from '../message/message.ts';

/** What was filled in, plain and secret, by the names of the fields; what was not is not there. */
export type Settings = Readonly<Record<string, string | number>>;

/** What became of one try. */
export type Outcome =
  | { readonly delivered: true; readonly said: string | null }
  | {
      readonly delivered: false;
      /** Another try of the same would end the same way. */
      readonly isForGood: boolean;
      /** A sentence of ours. */
      readonly because: string;
      /** The receiver's own words: a stranger's text. */
      readonly said: string | null;
      /** The receiver has said when. */
      readonly retryAfterMs: number | null;
    };

/** How a channel reaches the world. */
export interface Means {
  readonly ask: Ask;
  readonly placeOf: PlaceOf;
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

/** A fact of the log, as it is sent to who follows events. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly json: string;
}

interface Common extends Omit<Described, 'tells'> {
  readonly fields: ChannelField[];
  /** The name of the field that says where it goes: what is secret does not go with it to another place. */
  readonly place: string;
  /** What the fields alone do not tell: the name of the field, and a sentence. */
  problem?(settings: Settings): { readonly field: string; readonly message: string } | null;
}

/** One way to tell somebody: one file, and one line of the registry. */
export type Kind =
  | (Common & {
      readonly tells: 'alerts';
      send(settings: Settings, message: Message, means: Means): Promise<Outcome>;
    })
  | (Common & {
      readonly tells: 'events';
      /** Whether a fact of this type is sent. */
      wants(settings: Settings, type: string): boolean;
      send(settings: Settings, event: SentEvent, means: Means): Promise<Outcome>;
      /** What is sent to try it. */
      example(id: string, at: string): SentEvent;
    });

/** The fields without what is the same for nearly all of them. */
export const field = (
  given: Pick<ChannelField, 'name' | 'label' | 'type'> & Partial<ChannelField>,
): ChannelField => ({
  ...{ help: null, required: false, choices: [], by_default: null, placeholder: null },
  ...given,
});

export const textOf = (settings: Settings, name: string): string => String(settings[name] ?? '');
