/** What hub, agent and dashboard agree on for one kind of action. */
export interface KindContract {
  /** The verbs of the root-owned script by which an agent can carry it out. */
  readonly verbs: readonly [string, ...string[]];
  /** `A restart of plex is already pending`. */
  readonly noun: string;
  /** `Restart plex on media-01`. */
  readonly imperative: string;
}
