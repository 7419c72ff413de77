import { socket, timer, unitText } from '../units.ts';
import { after, kill, simple, type Way } from './way.ts';

export const KINDS: Way[] = [
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
