import { script, unitText } from '../units.ts';
import { after, kill, simple, type Way } from './way.ts';

export const STARTS: Way[] = [
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
