/** What a demonstration service does from its start; the shell text has no single quotes in it. */
const lasting = (says: string, everySeconds: number) =>
  `echo "ready"; while sleep ${everySeconds}; do echo "${says}"; done`;

const failing = (steps: string[], error: string, exitCode = 1) =>
  [...steps.map((step) => `echo "${step}"; sleep 1`), `echo "${error}" >&2`, `exit ${exitCode}`].join('; ');

/** Fails at the first start after boot, as one does that came up before its disk; a restart helps. */
const failingOnce = (marker: string, error: string, then: string) =>
  `if [ -e /run/${marker} ]; then ${then}; else touch /run/${marker}; ${failing([], error)}; fi`;

function unit(
  description: string,
  script: string,
  lines: { unit?: string[]; service?: string[] } = {},
): string {
  return [
    ...['[Unit]', `Description=${description}`, ...(lines.unit ?? [])],
    ...['[Service]', `ExecStart=/bin/sh -c '${script}'`, ...(lines.service ?? [])],
    ...['[Install]', 'WantedBy=multi-user.target', ''],
  ].join('\n');
}

export interface DemoServer {
  id: string;
  units: Record<string, string>;
  /** Does not run after boot, as if someone had stopped it. */
  stopped: string[];
  /** What may be restarted; empty: its agent only watches. */
  allow: string[];
  /** Service names of which people say that they should run. */
  expected: { service_name: string; display_name?: string; critical?: boolean }[];
}

export const DEMO_SERVERS: DemoServer[] = [
  {
    id: 'media-01',
    units: {
      'plex.service': unit('Plex Media Server', lasting('library scan finished, 4 new items', 45)),
      'plex-transcoder.service': unit('Transcoder for Plex', lasting('0 sessions in the queue', 60), {
        unit: ['PartOf=plex.service', 'After=plex.service'],
      }),
      'sonarr.service': unit(
        'Sonarr, series manager',
        failingOnce(
          'media-mounted',
          'Fatal: /mnt/media/tv is not mounted, refusing to start',
          lasting('RSS sync completed', 30),
        ),
      ),
      'qbittorrent.service': unit('qBittorrent', lasting('3 torrents active', 20)),
    },
    stopped: ['qbittorrent.service'],
    allow: ['plex.service', 'plex-transcoder.service', 'sonarr.service'],
    expected: [
      { service_name: 'plex', display_name: 'Plex', critical: true },
      { service_name: 'sonarr', display_name: 'Sonarr' },
      { service_name: 'qbittorrent' },
    ],
  },
  {
    id: 'nas-01',
    units: {
      'file-sharing.service': unit('File sharing', lasting('2 clients connected', 40)),
      'photoprism.service': unit(
        'PhotoPrism',
        failing(
          ['opening the index', 'migrating the index'],
          'index.db: database is locked by another process',
          3,
        ),
        { unit: ['StartLimitIntervalSec=0'], service: ['Restart=always', 'RestartSec=8'] },
      ),
      'backup-server.service': unit('Backup server', lasting('listening for snapshots', 50)),
    },
    stopped: [],
    allow: ['file-sharing.service', 'photoprism.service'],
    expected: [
      { service_name: 'file-sharing', display_name: 'File sharing', critical: true },
      { service_name: 'photoprism', display_name: 'PhotoPrism' },
      { service_name: 'backup-server' },
      { service_name: 'scrub-reports' },
    ],
  },
  {
    id: 'pi-garage',
    units: {
      'mosquitto.service': unit('Mosquitto MQTT broker', lasting('12 clients, 340 messages', 35)),
      'zigbee2mqtt.service': unit(
        'Zigbee to MQTT bridge',
        failing(['connecting to the adapter'], 'Error: cannot open /dev/ttyACM0: no such device'),
      ),
    },
    stopped: [],
    allow: [],
    expected: [{ service_name: 'mosquitto' }, { service_name: 'zigbee2mqtt', critical: true }],
  },
];
