import { AgentFrame, POLICY } from '@homelabcmd/protocol';

/** The types of every frame that an agent can send. */
export const FRAME_TYPES: readonly string[] = AgentFrame.options.map(({ shape }) => shape.type.value);

/**
 * Holds every frame that the hub hears against the table of who may do what.
 * @throws when one has no line there
 */
export function assertFramesInTable(types: readonly string[] = FRAME_TYPES): void {
  const unknown = types.filter((type) => !(type in POLICY.frames));
  if (unknown.length > 0)
    throw new Error(`No line in the table of who may do what: the frame ${unknown.toSorted().join(', ')}`);
}
