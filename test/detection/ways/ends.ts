import { script, unitText } from '../units.ts';
import { after, kill, simple, type Way } from './way.ts';

export const ENDS: Way[] = [
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
