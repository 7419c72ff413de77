import type { Finding } from '@homelabcmd/protocol';
import type { LabServer } from '../../lab/index.ts';
import { answering, script, socket, timer, unitText } from './units.ts';

/** One way in which a service dies, is not there, or is well though it may not look so. */
export interface Way {
  readonly name: string;
  /** What somebody expects. */
  readonly service: string;
  readonly units: Readonly<Record<string, string>>;
  readonly isNow: Finding;
  /** What the sentence for people says. */
  readonly says?: RegExp;
  /** HTTP is asked at this port; `host` where it is not this machine's own. */
  readonly probe?: { port: number; host?: string };
  /** What happens to it. */
  readonly happens: (at: Hands) => Promise<unknown>;
}

export interface Hands {
  readonly server: LabServer;
  ctl(...words: string[]): Promise<unknown>;
  sh(line: string): Promise<unknown>;
  /** Waits until the hub has said this of the service. */
  seen(finding: Finding): Promise<void>;
}

const start = (unit: string) => (at: Hands) => at.ctl('start', '--no-block', unit);
/** It runs, the hub has seen that, and then this happens. */
const after = (unit: string, then: (at: Hands) => Promise<unknown>) => async (at: Hands) => {
  await at.ctl('start', unit);
  await at.seen('running');
  await then(at);
};
const kill = (unit: string, signal: string) => (at: Hands) =>
  at.ctl('kill', `--signal=${signal}`, '--kill-whom=main', unit);

const simple = (
  [name, service, isNow]: readonly [string, string, Finding],
  lines: readonly string[],
  happens: Way['happens'] = start(`${service}.service`),
  says?: RegExp,
): Way => ({
  ...{ name, service, isNow, happens, units: { [`${service}.service`]: unitText(lines) } },
  ...(says === undefined ? {} : { says }),
});

const ENDS: Way[] = [
  simple(['it ends with 0 by itself', 'exit-0', 'exited'], [script('sleep 0.3')]),
  simple(['it ends with 1', 'exit-1', 'failed'], [script('sleep 0.3; exit 1')], undefined, /exit code 1/),
  simple(['it is killed', 'killed', 'failed'], [], after('killed', kill('killed', 'KILL')), /SIGKILL/),
  simple(
    ['it crashes', 'segv', 'failed'],
    ['LimitCORE=0'],
    after('segv', kill('segv', 'SEGV')),
    /SIGSEGV|crashed/,
  ),
  simple(
    ['its process is asked to end, and systemd is not', 'termed', 'exited'],
    [],
    after('termed', kill('termed', 'TERM')),
  ),
  simple(
    ['a child is killed, and it ends by that', 'child', 'failed'],
    [script('sleep infinity & wait $!; exit $?')],
    after('child', (at) => at.sh('pkill -KILL -P $(systemctl show -P MainPID child)')),
    /exit code 137/,
  ),
  simple(
    ['it is started again and again', 'loop', 'crash_loop'],
    [script('sleep 0.2; exit 3'), 'Restart=always', 'RestartSec=0.3'],
  ),
  {
    ...simple(['systemd gives up on it', 'limit', 'gave_up'], []),
    units: {
      'limit.service': unitText([script('exit 3'), 'Restart=on-failure', 'RestartSec=0.1']).replace(
        'StartLimitIntervalSec=0',
        'StartLimitIntervalSec=30\nStartLimitBurst=3',
      ),
    },
    says: /gave up/,
  },
  simple(
    ['a forking one loses its process', 'forking', 'failed'],
    ['Type=forking', 'PIDFile=/run/forking.pid', script('sleep infinity & echo $! >/run/forking.pid')],
    after('forking', (at) => at.sh('kill -KILL $(cat /run/forking.pid)')),
  ),
];

const STARTS: Way[] = [
  simple(['what runs before it fails', 'pre', 'failed'], ['ExecStartPre=/bin/false'], undefined, /before it/),
  simple(['its watchdog hears nothing', 'dog', 'hung'], ['WatchdogSec=400ms']),
  simple(['it does not get ready in time', 'slow', 'timed_out'], ['Type=notify', 'TimeoutStartSec=400ms']),
  simple(
    ['it does not stop in time', 'stubborn', 'timed_out'],
    [script('trap "" TERM; while :; do sleep 0.1; done'), 'TimeoutStopSec=300ms'],
    after('stubborn', (at) => at.ctl('stop', 'stubborn')),
  ),
  simple(['it ran longer than it may', 'long', 'timed_out'], ['RuntimeMaxSec=500ms']),
  simple(
    ['its user does not exist', 'nobody-there', 'cannot_start'],
    ['User=nobody-of-this-name'],
    undefined,
    /user/,
  ),
  simple(
    ['its program is missing', 'no-program', 'cannot_start'],
    ['ExecStart=/usr/bin/not-there-at-all'],
    undefined,
    /program/,
  ),
  simple(
    ['its program cannot be executed', 'no-exec', 'cannot_start'],
    ['ExecStart=/etc/hostname'],
    undefined,
    /program/,
  ),
  simple(
    ['its folder is missing', 'no-folder', 'cannot_start'],
    ['WorkingDirectory=/not/there'],
    undefined,
    /folder/,
  ),
  {
    ...simple(['its unit file is broken', 'broken', 'broken_unit'], []),
    units: { 'broken.service': '[Service]\nType=simple\n' },
  },
  simple(
    ['it says never that it is ready', 'protocol', 'failed'],
    ['Type=notify', script('exit 0')],
    undefined,
    /protocol/,
  ),
  simple(['it is not started at boot', 'not-at-boot', 'not_started_at_boot'], [], (at) =>
    at.ctl('enable', 'not-at-boot'),
  ),
  {
    ...simple(['its condition is not met', 'condition', 'condition_unmet'], []),
    units: { 'condition.service': unitText([], ['ConditionPathExists=/not/there']) },
  },
  {
    ...simple(['what it needs fails', 'needs', 'dependency_failed'], [], undefined, /needed\.service/),
    units: {
      'needs.service': unitText([], ['Requires=needed.service', 'After=needed.service']),
      'needed.service': unitText(['Type=oneshot', 'ExecStart=/bin/false']),
    },
  },
  {
    ...simple(['what it needs needs what fails', 'far', 'dependency_failed'], []),
    units: {
      'far.service': unitText([], ['Requires=far-1.service', 'After=far-1.service']),
      'far-1.service': unitText([], ['Requires=far-2.service', 'After=far-2.service']),
      'far-2.service': unitText(['Type=oneshot', 'ExecStart=/bin/false']),
    },
  },
  {
    ...simple(
      ['what it is bound to dies', 'bound', 'dependency_failed'],
      [],
      after('bound', kill('bound-to', 'KILL')),
    ),
    units: {
      'bound.service': unitText([], ['BindsTo=bound-to.service', 'After=bound-to.service']),
      'bound-to.service': unitText(),
    },
  },
];

const HANDS: Way[] = [
  simple(
    ['somebody stopped it', 'by-hand', 'stopped_on_purpose'],
    [],
    after('by-hand', (at) => at.ctl('stop', 'by-hand')),
  ),
  simple(['it is switched off and stopped', 'off', 'stopped_on_purpose'], [], async (at) => {
    await at.ctl('enable', '--now', 'off');
    await at.seen('running');
    await at.ctl('disable', '--now', 'off');
  }),
  simple(
    ['it was stopped, and says so by its exit code', 'java', 'stopped_on_purpose'],
    [script('trap "exit 143" TERM; while :; do sleep 0.1; done')],
    after('java', (at) => at.ctl('stop', 'java')),
  ),
  simple(
    ['it is masked', 'masked', 'masked'],
    [],
    after('masked', async (at) => {
      await at.sh('mv /etc/systemd/system/masked.service /run/masked.was');
      await at.ctl('mask', '--now', 'masked');
    }),
  ),
  simple(
    ['its file is deleted while it runs', 'gone', 'unit_file_gone'],
    [],
    after('gone', (at) => at.sh('rm /etc/systemd/system/gone.service; systemctl daemon-reload')),
  ),
  simple(
    ['its file is deleted, and it is down', 'gone-too', 'unit_file_gone'],
    [],
    after('gone-too', (at) =>
      at.sh('systemctl stop gone-too; rm /etc/systemd/system/gone-too.service; systemctl daemon-reload'),
    ),
  ),
  {
    ...simple(['nothing has its name', 'never-there', 'not_found'], []),
    units: {},
    happens: async () => undefined,
  },
  simple(
    ['systemd freezes it', 'frozen', 'frozen'],
    [],
    after('frozen', (at) => at.ctl('freeze', 'frozen')),
  ),
  simple(
    ['the kernel holds it still', 'held', 'frozen'],
    [],
    after('held', (at) =>
      at.sh(
        'for r in /sys/fs/cgroup /sys/fs/cgroup/unified; do f=$r$(systemctl show -P ControlGroup held)/cgroup.freeze; [ ! -e $f ] || echo 1 >$f; done',
      ),
    ),
  ),
  simple(
    ['it is started anew, as an upgrade does', 'upgraded', 'running'],
    [],
    after('upgraded', (at) => at.ctl('restart', 'upgraded')),
  ),
];

const PROBED: Way[] = [
  {
    ...simple(
      ['it hangs', 'hangs', 'not_answering'],
      [answering(47_101)],
      after('hangs', kill('hangs', 'STOP')),
    ),
    probe: { port: 47_101 },
  },
  { ...simple(['nothing listens at its port', 'refused', 'not_answering'], []), probe: { port: 47_102 } },
  {
    ...simple(
      ['it answers with an error', 'error-500', 'not_answering'],
      [answering(47_103, { status: 500 })],
    ),
    probe: { port: 47_103 },
  },
  {
    ...simple(
      ['its worker is killed, and it lives', 'worker', 'not_answering'],
      [answering(47_104, { byWorker: true })],
      after('worker', (at) => at.sh('pkill -KILL -P $(systemctl show -P MainPID worker) -x node')),
    ),
    probe: { port: 47_104 },
  },
  {
    ...simple(['the server does not allow its probe', 'elsewhere', 'probe_not_allowed'], []),
    probe: { port: 80, host: '192.0.2.1' },
  },
];

const KINDS: Way[] = [
  simple(['a one-shot ends well', 'shot', 'done'], ['Type=oneshot', 'ExecStart=/bin/true']),
  simple(
    ['a one-shot ends well and stays active', 'shot-stays', 'done'],
    ['Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true'],
  ),
  simple(
    ['a one-shot fails', 'shot-fails', 'failed'],
    ['Type=oneshot', 'ExecStart=/bin/false'],
    undefined,
    /exit code 1/,
  ),
  simple(
    ['a one-shot that stays active is stopped', 'shot-stopped', 'stopped_on_purpose'],
    ['Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true'],
    async (at) => {
      await at.ctl('start', 'shot-stopped');
      await at.seen('done');
      await at.ctl('stop', 'shot-stopped');
    },
  ),
  {
    ...{
      name: 'a timer waits',
      service: 'waits.timer',
      isNow: 'waiting',
      happens: (at) => at.ctl('start', 'waits.timer'),
    },
    units: {
      'waits.timer': timer(['OnCalendar=daily']),
      'waits.service': unitText(['Type=oneshot', 'ExecStart=/bin/true']),
    },
  },
  {
    ...{
      name: 'a service waits for its timer',
      service: 'timed',
      isNow: 'waiting',
      happens: (at) => at.ctl('start', 'timed.timer'),
    },
    units: {
      'timed.timer': timer(['OnCalendar=daily']),
      'timed.service': unitText(['Type=oneshot', 'ExecStart=/bin/true']),
    },
  },
  {
    ...{
      name: 'what a timer starts fails',
      service: 'nightly.timer',
      isNow: 'last_run_failed',
      says: /nightly\.service failed/,
    },
    units: {
      'nightly.timer': timer(['OnActiveSec=200ms', 'OnUnitActiveSec=1d', 'AccuracySec=50ms']),
      'nightly.service': unitText(['Type=oneshot', 'ExecStart=/bin/false']),
    },
    happens: (at) => at.ctl('start', 'nightly.timer'),
  },
  {
    ...{
      name: 'a timer is not started',
      service: 'idle.timer',
      isNow: 'timer_not_running',
      happens: async () => undefined,
    },
    units: {
      'idle.timer': timer(['OnCalendar=daily']),
      'idle.service': unitText(['Type=oneshot', 'ExecStart=/bin/true']),
    },
  },
  {
    ...{ name: 'a timer is stopped by hand', service: 'stopped.timer', isNow: 'stopped_on_purpose' },
    units: {
      'stopped.timer': timer(['OnCalendar=daily']),
      'stopped.service': unitText(['Type=oneshot', 'ExecStart=/bin/true']),
    },
    happens: async (at) => {
      await at.ctl('start', 'stopped.timer');
      await at.seen('waiting');
      await at.ctl('stop', 'stopped.timer');
    },
  },
  {
    ...{
      name: 'a service whose timer is not started',
      service: 'untimed',
      isNow: 'timer_not_running',
      happens: (at) => at.ctl('list-units', 'untimed.timer'),
    },
    units: {
      'untimed.timer': timer(['OnCalendar=daily']),
      'untimed.service': unitText(['Type=oneshot', 'ExecStart=/bin/true'], ['Wants=untimed.timer']),
    },
  },
  {
    ...{
      name: 'a socket listens',
      service: 'open.socket',
      isNow: 'listening',
      happens: (at) => at.ctl('start', 'open.socket'),
    },
    units: { 'open.socket': socket(47_110), 'open.service': unitText() },
  },
  {
    ...{
      name: 'a service waits behind its socket',
      service: 'asleep',
      isNow: 'waiting',
      happens: (at) => at.ctl('start', 'asleep.socket'),
    },
    units: { 'asleep.socket': socket(47_111), 'asleep.service': unitText() },
  },
  {
    ...{
      name: 'a socket is not there',
      service: 'closed.socket',
      isNow: 'not_listening',
      happens: async () => undefined,
    },
    units: { 'closed.socket': socket(47_112), 'closed.service': unitText() },
  },
  {
    ...{
      name: 'a socket gives up, because its service cannot start',
      service: 'worn.socket',
      isNow: 'not_listening',
    },
    units: {
      'worn.socket': socket(47_113),
      'worn.service': unitText(['ExecStart=/bin/false']).replace(
        'StartLimitIntervalSec=0',
        'StartLimitIntervalSec=30\nStartLimitBurst=2',
      ),
    },
    happens: async (at) => {
      await at.ctl('start', 'worn.socket');
      await at.seen('listening');
      await at.sh('for i in 1 2 3 4; do (echo >/dev/tcp/127.0.0.1/47113) 2>/dev/null; sleep 0.1; done; true');
    },
  },
  {
    ...{ name: 'a socket is stopped by hand', service: 'shut.socket', isNow: 'stopped_on_purpose' },
    units: { 'shut.socket': socket(47_114), 'shut.service': unitText() },
    happens: async (at) => {
      await at.ctl('start', 'shut.socket');
      await at.seen('listening');
      await at.ctl('stop', 'shut.socket');
    },
  },
  {
    ...{
      name: 'an instance of a template is killed',
      service: 'worker@two',
      isNow: 'failed',
      says: /SIGKILL/,
    },
    units: { 'worker@.service': unitText() },
    happens: after('worker@two', kill('worker@two', 'KILL')),
  },
  {
    ...{ name: 'it is expected under another name', service: 'other-name', isNow: 'failed' },
    units: { 'real-name.service': unitText().replace('[Install]', '[Install]\nAlias=other-name.service') },
    happens: async (at) => {
      await at.ctl('enable', '--now', 'real-name');
      await at.seen('running');
      await kill('real-name', 'KILL')(at);
    },
  },
];

export const WAYS: readonly Way[] = [...ENDS, ...STARTS, ...HANDS, ...PROBED, ...KINDS];
