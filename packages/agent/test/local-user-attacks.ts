import { type LabServer, NODE_ON_SERVER, runsOf } from '../../../lab/index.ts';

export const HOME = '/srv/mallory';
const LIST = '/etc/homelabcmd/restart-allowed';
const STATE = '/var/lib/homelabcmd';
export const MARK = '/run/mallory-was-root';
const DROP_INS = '/run/systemd/system/homelabcmd-agent.service.d';
const PRIVATE_TMP = '/etc/systemd/system/homelabcmd-agent.service.d/tmp.conf';

/** What a user of the server tries, who is nobody special there. */
export interface Attack {
  readonly name: string;
  /** What is typed, in a shell. */
  readonly typed: string;
  /** Whether it had its effect: of what was said, and of what is now on the server. */
  readonly worked: (of: { server: LabServer; said: string; before: Before }) => Promise<boolean> | boolean;
  /** How it is turned away: what shows that it was tried, and did not just fail to start. */
  readonly refusal: RegExp;
  /** The same without its guard: something that root does first, or the user who may. */
  readonly guardless: { readonly root?: string; readonly user?: 'root' | 'homelabcmd' };
  /** Puts the guard back, and takes away what came of it. */
  readonly putBack: string;
}

interface Before {
  readonly runs: number;
  readonly agent: string;
}

export const marked = ({ server }: { server: LabServer }) =>
  server.exec(['test', '-e', MARK]).then(({ code }) => code === 0);
const listed = async ({ server }: { server: LabServer }) =>
  (await server.read(LIST)).split('\n').includes('other.service');
const restarted = async ({ server, before }: { server: LabServer; before: Before }) => {
  // systemctl and busctl may answer before the job is done.
  const count = async () => (await runsOf(server, 'plex')).length;
  await server.exec(['systemctl', 'is-system-running', '--wait']);
  return (await count()) > before.runs;
};
/** In polkit's words where it is installed, and else in systemd's. */
const NOT_PERMITTED = /Access denied|authentication|PolicyKit1|polkit/i;
const UNLIST = `homelabcmd-agent deny other`;
export const ask = `${NODE_ON_SERVER} -e "const s = require('node:net').connect('/run/homelabcmd/restart.sock'); s.on('error', (e) => { console.error(e.code); process.exit(1); }); s.on('data', (d) => console.log(String(d))); s.end('restart ' + crypto.randomUUID() + ' plex.service\\n')"`;
const pid = '$(systemctl show -PMainPID homelabcmd-agent)';

export const ATTACKS: readonly Attack[] = [
  {
    name: 'asks the restart socket for a restart',
    typed: ask,
    worked: restarted,
    refusal: /EACCES/,
    guardless: { root: 'chmod 666 /run/homelabcmd/restart.sock' },
    putBack: 'chmod 600 /run/homelabcmd/restart.sock',
  },
  {
    name: 'puts a socket of its own, by a link, in the place of that one',
    typed: `ln -sfn ${HOME}/mine.sock /run/homelabcmd/restart.sock`,
    worked: ({ server }) =>
      server.exec(['test', '-L', '/run/homelabcmd/restart.sock']).then(({ code }) => code === 0),
    refusal: /Permission denied/,
    guardless: { root: 'chmod 777 /run/homelabcmd' },
    putBack:
      'chmod 755 /run/homelabcmd; rm -f /run/homelabcmd/restart.sock; systemctl restart homelabcmd-restart.socket',
  },
  {
    name: 'asks systemd by D-Bus to restart a service',
    typed:
      'busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager RestartUnit ss plex.service replace && while systemctl list-jobs --no-legend | grep -q plex; do :; done',
    worked: restarted,
    refusal: NOT_PERMITTED,
    guardless: { user: 'root' },
    putBack: 'true',
  },
  {
    name: 'asks systemd to run a program as root',
    typed: `systemd-run --no-ask-password --wait --quiet /usr/bin/touch ${MARK}`,
    worked: marked,
    refusal: NOT_PERMITTED,
    guardless: { user: 'root' },
    putBack: `rm ${MARK}`,
  },
  {
    name: 'gives every service of systemd a library to load (LD_PRELOAD)',
    typed: `systemctl --no-ask-password set-environment LD_PRELOAD=${HOME}/evil.so`,
    worked: async ({ server }) =>
      (await server.exec(['systemctl', 'show-environment'])).stdout.includes('LD_PRELOAD'),
    refusal: NOT_PERMITTED,
    guardless: { user: 'root' },
    putBack: 'systemctl unset-environment LD_PRELOAD',
  },
  {
    name: 'puts a piece beside the unit of the agent',
    typed: `mkdir -p ${DROP_INS} && printf '[Service]\\nUser=root\\n' >${DROP_INS}/x.conf`,
    worked: ({ server }) => server.exec(['test', '-e', `${DROP_INS}/x.conf`]).then(({ code }) => code === 0),
    refusal: /Permission denied/,
    guardless: { root: 'mkdir -p /run/systemd/system && chmod 777 /run/systemd/system' },
    putBack: `rm -r ${DROP_INS}; chmod 755 /run/systemd/system`,
  },
  {
    name: 'writes a service into the list',
    typed: `echo other.service >>${LIST}`,
    worked: listed,
    refusal: /Permission denied/,
    guardless: { root: `chmod 666 ${LIST}` },
    putBack: `chmod 644 ${LIST}; ${UNLIST}`,
  },
  {
    name: 'puts a list of its own in the place of that one',
    typed: `echo other.service >${HOME}/list; mv -f ${HOME}/list ${LIST}`,
    worked: listed,
    refusal: /Permission denied/,
    guardless: { root: `cp -p ${LIST} /run/kept; chmod 777 /etc/homelabcmd` },
    putBack: `chmod 755 /etc/homelabcmd; rm -f ${LIST}; cp -p /run/kept ${LIST}`,
  },
  {
    name: 'types the command that allows',
    typed: 'homelabcmd-agent allow other',
    worked: listed,
    refusal: /Only root may do this/,
    guardless: { user: 'root' },
    putBack: UNLIST,
  },
  {
    name: 'types it as root of a user namespace of its own',
    typed: 'unshare --user --map-root-user homelabcmd-agent allow --even-if-absent other',
    worked: listed,
    refusal: /can be changed by others than root|unshare failed/,
    guardless: { user: 'root' },
    putBack: UNLIST,
  },
  {
    name: 'reads the settings of the agent, with its token',
    typed: 'cat /etc/homelabcmd/agent.env',
    worked: ({ said }) => said.includes('hlce_'),
    refusal: /Permission denied/,
    guardless: { root: 'chmod 644 /etc/homelabcmd/agent.env' },
    putBack: 'chmod 640 /etc/homelabcmd/agent.env',
  },
  {
    name: "reads the agent's environment and memory",
    typed: `cat /proc/${pid}/environ && head -c 1 /proc/${pid}/mem`,
    worked: ({ said }) => said.includes('HOMELABCMD_HUB_URL'),
    refusal: /Permission denied/,
    guardless: { user: 'root' },
    putBack: 'true',
  },
  {
    name: "reads the agent's key",
    typed: `cat ${STATE}/agent-key`,
    worked: ({ said }) => said.includes('PRIVATE KEY'),
    refusal: /Permission denied/,
    guardless: { root: `chmod 755 ${STATE}; chmod 644 ${STATE}/agent-key` },
    putBack: `chmod 600 ${STATE}/agent-key; chmod 700 ${STATE}`,
  },
  {
    name: "writes into the agent's journal of orders",
    typed: `echo mallory >>${STATE}/orders.jsonl`,
    worked: async ({ server }) => (await server.read(`${STATE}/orders.jsonl`)).includes('mallory'),
    refusal: /Permission denied/,
    guardless: { root: `chmod 755 ${STATE}; chmod 666 ${STATE}/orders.jsonl` },
    putBack: `sed -i /mallory/d ${STATE}/orders.jsonl; chown homelabcmd:homelabcmd ${STATE}/orders.jsonl; chmod 600 ${STATE}/orders.jsonl; chmod 700 ${STATE}`,
  },
  {
    name: 'claims an order before it comes, so that it never runs',
    typed: 'mkdir /var/lib/homelabcmd-orders/019a0000-0000-7000-8000-000000000001',
    worked: async ({ server }) =>
      (await server.exec(['ls', '/var/lib/homelabcmd-orders'])).stdout.includes('019a0000'),
    refusal: /Permission denied/,
    guardless: { root: 'chmod 777 /var/lib/homelabcmd-orders' },
    putBack: 'chmod 755 /var/lib/homelabcmd-orders; rmdir /var/lib/homelabcmd-orders/019a0000*',
  },
  {
    name: 'kills the agent',
    typed: `agent=${pid}; kill -KILL $agent && tail --pid=$agent -f /dev/null`,
    worked: async ({ server, before }) => {
      if (before.agent === '0') throw new Error('there is no agent to be killed');
      const { code } = await server.exec(['test', '-d', `/proc/${before.agent}`]);
      return code !== 0;
    },
    refusal: /not permitted/,
    guardless: { user: 'homelabcmd' },
    putBack: 'systemctl restart homelabcmd-agent',
  },
  {
    name: 'plants a link in /tmp where the agent would look',
    typed: 'ln -sfn /etc/passwd /tmp/homelabcmd-planted; echo planted',
    worked: async ({ server, before }) =>
      (await server.exec(['nsenter', '-t', before.agent, '-m', 'readlink', '/tmp/homelabcmd-planted']))
        .code === 0,
    refusal: /planted/,
    guardless: {
      root: `mkdir -p $(dirname ${PRIVATE_TMP}); printf '[Service]\\nPrivateTmp=no\\n' >${PRIVATE_TMP}; systemctl daemon-reload; systemctl restart homelabcmd-agent`,
    },
    putBack: `rm -r $(dirname ${PRIVATE_TMP}) /tmp/homelabcmd-planted; systemctl daemon-reload; systemctl restart homelabcmd-agent`,
  },
  {
    name: 'runs whatever of ours is setuid, or has a capability',
    typed: `find /usr/local/lib/homelabcmd /usr/local/sbin -type f -perm /6000 -exec {} -u ';'; getcap -r /usr/local/lib/homelabcmd 2>/dev/null; echo looked`,
    worked: ({ said }) => said.split('\n').some((line) => line === '0' || line.includes('cap_')),
    refusal: /looked/,
    guardless: {
      root: 'cp /usr/bin/id /usr/local/lib/homelabcmd/id && chmod 4755 /usr/local/lib/homelabcmd/id',
    },
    putBack: 'rm /usr/local/lib/homelabcmd/id',
  },
];
