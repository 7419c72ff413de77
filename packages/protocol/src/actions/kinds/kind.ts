/** What hub, agent and dashboard agree on for one kind of action. */
export interface KindContract {
  /** The verbs of the root-owned script by which an agent can carry it out. */
  readonly verbs: readonly [string, ...string[]];
  /** `A restart of plex is already pending`. */
  readonly noun: string;
  /** `Restart plex on media-01`. */
  readonly imperative: string;
  /** `Also restarts plex-tuner.service`. */
  readonly present: string;
  /** `Restarting plex on media-01`. */
  readonly ongoing: string;
  /** `We do not know if plex restarted`, and `what would have restarted`. */
  readonly past: string;
}
