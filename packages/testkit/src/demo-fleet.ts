import type { Fleet, FleetServer } from './fleet.ts';

/** It runs and does not answer: nothing listens there. */
const RADARR = {
  service_name: 'radarr',
  probe: { kind: 'http', url: 'http://127.0.0.1:7878/ping' },
} as const;

const STIR_MS = 45_000;

/** A small, believable homelab. */
export const demoServers: Record<string, FleetServer> = {
  'media-01': {
    services: [
      {
        unit: 'plexmediaserver.service',
        description: 'Plex Media Server',
        failed: {
          exitCode: 1,
          lastWords: [
            'Library scan: 3 sections',
            'Database is locked',
            'Cannot open the library database: giving up',
          ],
        },
      },
      { unit: 'tautulli.service', description: 'Tautulli', partOf: 'plexmediaserver.service' },
      { unit: 'sonarr.service', description: 'Sonarr' },
      { unit: 'radarr.service', description: 'Radarr' },
      { unit: 'sabnzbd.service', description: 'SABnzbd' },
      { unit: 'handbrake-web.service', description: 'HandBrake', stopped: true },
      { unit: 'nginx.service', description: 'A high performance web server' },
    ],
    allow: [
      'plexmediaserver.service',
      'tautulli.service',
      'sonarr.service',
      'radarr.service',
      'sabnzbd.service',
    ],
    expect: ['plexmediaserver', 'tautulli', 'sonarr', RADARR, 'sabnzbd', 'nginx'],
  },
  'nas-01': {
    services: [
      { unit: 'smbd.service', description: 'Samba SMB daemon' },
      { unit: 'zfs-zed.service', description: 'ZFS event daemon' },
      { unit: 'restic-rest.service', description: 'Restic REST server' },
    ],
    allow: ['smbd.service', 'restic-rest.service'],
    expect: ['smbd', 'zfs-zed', 'restic-rest'],
  },
  'dns-01': {
    services: [
      { unit: 'unbound.service', description: 'Unbound DNS server' },
      { unit: 'pihole-FTL.service', description: 'Pi-hole FTL engine' },
    ],
    allow: ['unbound.service'],
    expect: ['unbound', 'pihole-FTL'],
  },
  'pi-garage': {
    services: [
      { unit: 'zigbee2mqtt.service', description: 'zigbee2mqtt' },
      { unit: 'mosquitto.service', description: 'Mosquitto MQTT broker' },
    ],
    expect: ['zigbee2mqtt', 'mosquitto'],
  },
};

const TROUBLES = [
  {
    serverId: 'media-01',
    unit: 'sonarr.service',
    words: 'Connection refused (radarr.lan:7878)',
    exitCode: 134,
  },
  { serverId: 'nas-01', unit: 'smbd.service', words: 'PANIC: internal error', exitCode: null },
  { serverId: 'dns-01', unit: 'unbound.service', words: 'fatal error: out of memory', exitCode: 1 },
  {
    serverId: 'pi-garage',
    unit: 'zigbee2mqtt.service',
    words: 'Error: Failed to connect to the adapter',
    exitCode: 2,
  },
];

/** Lets one service after the other fail, so that there is something to see. */
export function stirDemo(fleet: Fleet): Disposable {
  let next = 0;
  const timer = setInterval(() => {
    const trouble = TROUBLES[next % TROUBLES.length];
    next += 1;
    const systemd = trouble && fleet.servers.get(trouble.serverId)?.systemd;
    if (!systemd || systemd.unit(trouble.unit).activeState !== 'active') return;
    systemd.say(trouble.unit, trouble.unit.replace('.service', ''), trouble.words);
    if (trouble.exitCode === null) systemd.kill(trouble.unit, 11);
    else systemd.exit(trouble.unit, trouble.exitCode);
  }, STIR_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
