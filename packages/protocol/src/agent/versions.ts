import { z } from 'zod';

/** Which versions of the frames somebody speaks, both ends included. */
export const VersionRange = z
  .object({ oldest: z.int().positive(), newest: z.int().positive() })
  .refine(({ oldest, newest }) => oldest <= newest, 'oldest is not above newest');
export type VersionRange = z.infer<typeof VersionRange>;

/** The version of the frames that is spoken here when the other side speaks it too. */
export const FRAME_VERSION = 2;
/** In version 1 agents showed a secret and nothing was signed: that is never spoken again. */
const FIRST_SIGNED_VERSION = 2;
/** An update of either side may be this many versions ahead of the other. */
const VERSIONS_APART = 2;

export const FRAME_VERSIONS: VersionRange = {
  oldest: Math.max(FIRST_SIGNED_VERSION, FRAME_VERSION - VERSIONS_APART),
  newest: FRAME_VERSION,
};

/** The newest version that both speak; `null` when there is none. */
export function versionOfBoth(own: VersionRange, other: VersionRange): number | null {
  const version = Math.min(own.newest, other.newest);
  return version >= Math.max(own.oldest, other.oldest) ? version : null;
}

const wordsOf = ({ oldest, newest }: VersionRange): string =>
  oldest === newest ? `version ${newest}` : `versions ${oldest} to ${newest}`;

/** Why two sides that speak no version in common cannot talk, and which of them is to be updated. */
export function whyNoVersion(hub: VersionRange, agent: VersionRange): string {
  const what = `The hub speaks ${wordsOf(hub)} of the frames, and the agent ${wordsOf(agent)}.`;
  return agent.newest < hub.oldest
    ? `${what} Update the agent: make an install line on the hub, and run it on its server.`
    : `${what} Update the hub: the agent is newer than it.`;
}
