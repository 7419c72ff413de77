import type { Witness } from '../world/judge/witness.ts';
import type { Fleet } from '../world/fleet/fleet.ts';
import type { Server } from '../world/fleet/server.ts';
import type { People } from '../world/people/people.ts';

export interface Scene {
  readonly fleet: Fleet;
  readonly witness: Witness;
  readonly people: People;
  /** An older image of the store, to which the hub can be set back. */
  image: Uint8Array | null;
  readonly counts: Map<string, number>;
  isHealed: boolean;
}

type Fault = (scene: Scene, server: Server) => void;

const YEAR_MS = 365 * 24 * 3_600_000;

/** All that can go wrong, each with how often it is drawn against the others. */
const FAULTS: Record<string, { readonly share: number; readonly happens: Fault }> = {
  'agent killed': {
    share: 6,
    happens: ({ fleet }, server) => server.killAgent(fleet.timeline.between(50, 8000)),
  },
  'agent killed at a write': {
    share: 10,
    happens({ fleet: { timeline } }, server) {
      const process = server.agentProcess;
      const when = (['before', 'within', 'after'] as const)[timeline.between(0, 2)] ?? 'within';
      if (process !== null) server.disk.death = { process, when };
    },
  },
  'hub killed': { share: 6, happens: ({ fleet }) => fleet.killHub(fleet.timeline.between(50, 8000)) },
  'hub killed at a statement': {
    share: 12,
    happens({ fleet: { timeline, hubProcess, disk } }) {
      if (hubProcess !== null)
        disk.death = { process: hubProcess, left: timeline.between(0, 120), isAfter: timeline.happens(0.5) };
    },
  },
  'connection cut': { share: 10, happens: ({ fleet }, { id }) => fleet.network.cut(id) },
  partition: {
    share: 10,
    happens({ fleet: { timeline, network, later } }, { id }) {
      const { stalled } = network.weatherOf(id);
      const ways = (['to-hub', 'to-agent'] as const).filter(() => timeline.happens(0.65));
      for (const way of ways) stalled.add(way);
      later(timeline.between(200, 60_000), () => {
        for (const way of ways) stalled.delete(way);
        network.flow(id);
      });
    },
  },
  'slow network': {
    share: 6,
    happens({ fleet: { timeline, network } }, { id }) {
      network.weatherOf(id).delayMs = [1, timeline.between(50, 4000)];
    },
  },
  'frames twice': {
    share: 6,
    happens({ fleet: { network } }, { id }) {
      network.weatherOf(id).duplicates = 0.5;
    },
  },
  'old frame again': {
    share: 12,
    happens({ fleet: { timeline, network } }, { id }) {
      for (let times = timeline.between(1, 4); times > 0; times -= 1)
        network.repeatOld(id, (length) => timeline.between(0, length - 1));
    },
  },
  'server loses power': {
    share: 7,
    happens: ({ fleet }, server) => server.losePower(fleet.timeline.between(500, 20_000)),
  },
  'service ends': { share: 6, happens: ({ fleet }, { systemd }) => systemd.crash(unitOf(fleet)) },
  'service stopped on purpose': {
    share: 4,
    happens: ({ fleet }, { systemd }) => systemd.stop(unitOf(fleet)),
  },
  'service started on purpose': {
    share: 3,
    happens: ({ fleet }, { systemd }) => systemd.start(unitOf(fleet)),
  },
  'message bus gone': { share: 4, happens: (_scene, { systemd }) => systemd.loseSessions() },
  'script lags': {
    share: 5,
    happens({ fleet: { timeline } }, { script }) {
      script.stepMs = timeline.between(100, 5000);
    },
  },
  'script away': {
    share: 3,
    happens({ fleet: { timeline, later } }, { script }) {
      script.isAway = true;
      later(timeline.between(500, 20_000), () => {
        script.isAway = false;
      });
    },
  },
  'disk of a server': {
    share: 7,
    happens({ fleet: { timeline, later } }, server) {
      const { disk } = server;
      server.mayHaveForgotten = true;
      disk.mood = timeline.happens(0.6) ? 'full' : 'read-only';
      later(timeline.between(500, 15_000), () => {
        disk.mood = 'well';
      });
    },
  },
  'disk of the hub': {
    share: 6,
    happens({ fleet }) {
      const { timeline, disk } = fleet;
      fleet.hasDiskFailed = true;
      disk.setMood(timeline.happens(0.6) ? 'full' : 'read-only');
      fleet.later(timeline.between(500, 15_000), () => disk.setMood('well'));
    },
  },
  'clock step': {
    share: 6,
    happens({ fleet }, server) {
      const { timeline } = fleet;
      const host = timeline.happens(0.5) ? fleet.hubHost : server.host;
      // A record that is 400 days old is dropped, and a clock that is set ahead makes every record old.
      server.mayHaveForgotten ||= host === server.host;
      const [least, most] = timeline.happens(0.5) ? [-YEAR_MS * 10, YEAR_MS * 10] : [-60_000, 60_000];
      host.wallOffsetMs += timeline.between(least ?? 0, most ?? 0);
    },
  },
  'machine sleeps': {
    share: 5,
    happens({ fleet }, server) {
      const { timeline } = fleet;
      timeline.sleep(timeline.happens(0.3) ? fleet.hubHost : server.host, timeline.between(1000, 120_000));
    },
  },
  'record of the agent lost': {
    share: 3,
    happens({ fleet }, server) {
      // An order that was refused is known from that record alone: it is not played again after its loss.
      if (server.script.atWork > 0) return;
      fleet.network.forget(server.id);
      server.loseJournal();
    },
  },
  'hub restored': {
    share: 8,
    happens({ fleet, witness, people, image }) {
      if (image === null) return;
      fleet.killHub(3000);
      fleet.disk.replace(image);
      witness.rewound();
      people.forget();
    },
  },
};

const NAMES = Object.keys(FAULTS);
const WHOLE = NAMES.reduce((sum, name) => sum + (FAULTS[name]?.share ?? 0), 0);

/** Lets one fault happen now; which and where is drawn. */
export function strike(scene: Scene): void {
  const { timeline, servers } = scene.fleet;
  const server = [...servers.values()][timeline.between(0, servers.size - 1)];
  if (server === undefined || scene.isHealed) return;
  let draw = timeline.between(0, WHOLE - 1);
  const name = NAMES.find((one) => (draw -= FAULTS[one]?.share ?? 0) < 0) ?? 'hub killed';
  scene.counts.set(name, (scene.counts.get(name) ?? 0) + 1);
  timeline.note(`FAULT ${name} (${server.id})`);
  FAULTS[name]?.happens(scene, server);
}

/** Somebody makes a copy of the store, as a backup does. */
export function copyStore(scene: Scene): void {
  scene.fleet.timeline.note('a copy of the store is made');
  scene.image = scene.fleet.disk.image();
}

/** From here on nothing more goes wrong. */
export function healAll(scene: Scene): void {
  const { fleet } = scene;
  scene.isHealed = true;
  fleet.timeline.note('all faults end');
  fleet.disk.death = null;
  fleet.disk.setMood('well');
  fleet.network.clear();
  for (const { disk, script } of fleet.servers.values()) {
    disk.death = null;
    disk.mood = 'well';
    script.stepMs = 5;
    script.isAway = false;
  }
}

const unitOf = (fleet: Fleet): string =>
  `${(['plex', 'sonarr', 'web'] as const)[fleet.timeline.between(0, 2)] ?? 'plex'}.service`;
