import { answering, script } from '../units.ts';
import { after, kill, simple, type Way } from './way.ts';

export const HANDS: Way[] = [
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

export const PROBED: Way[] = [
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
