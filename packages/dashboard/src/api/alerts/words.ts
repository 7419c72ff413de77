import type { Alert, AlertKind, AlertSeverity, AlertRule } from '@homelabcmd/protocol';
import type { Look } from '../../ui/glyphs/glyph.tsx';

const SEVERITIES: Record<AlertSeverity, Look> = {
  critical: { shape: 'diamond', tone: 'bad', word: 'Critical' },
  warning: { shape: 'triangle', tone: 'warn', word: 'Warning' },
  info: { shape: 'ringInfo', tone: 'mute', word: 'Info' },
};

export const severityLook = (severity: AlertSeverity): Look => SEVERITIES[severity];

/** From the worst. */
export const SEVERITY_ORDER: readonly AlertSeverity[] = ['critical', 'warning', 'info'];

/** What an alert looks like in a list: its shape says what it is, its tone how much it matters. */
export function alertLook({ kind, severity, silenced, state }: Alert): Pick<Look, 'shape' | 'tone'> {
  if (state === 'resolved') return { shape: 'discTick', tone: 'ok' };
  if (silenced !== null) return { shape: 'bellSlash', tone: 'mute' };
  const { shape, tone } = SEVERITIES[severity];
  if (kind === 'server_offline') return { shape: 'ringSlash', tone };
  if (kind === 'action_unknown') return { shape: 'ringDashedQuery', tone };
  return { shape, tone };
}

/** How far it is, after its severity: `Critical, firing`. */
export function stateWords(alert: Alert): string {
  if (alert.state === 'resolved') return 'Resolved';
  const { word } = SEVERITIES[alert.severity];
  if (alert.suppressed !== null) return `${word}, held back`;
  if (alert.silenced !== null) return `${word}, silenced`;
  return `${word}, ${alert.state === 'acknowledged' ? 'acknowledged' : alert.state}`;
}

const KINDS: Record<AlertKind, string> = {
  service_down: 'Service down',
  server_offline: 'Server offline',
  fleet_change: 'Change of the whole fleet',
  cpu_high: 'CPU',
  memory_high: 'Memory',
  swap_high: 'Swap',
  load_high: 'Load',
  disk_high: 'Disk full',
  disk_filling: 'Disk filling',
  temperature_high: 'Temperature',
  restart_failed: 'Restart failed',
  action_unknown: 'Outcome unknown',
  backup_overdue: 'Backup overdue',
  job_overdue: 'Job overdue',
};

export const kindWord = (kind: AlertKind): string => KINDS[kind];

export const ALERT_KINDS = Object.keys(KINDS) as AlertKind[];

type Unit = NonNullable<AlertRule['unit']>;

const UNITS: Record<Unit, string> = {
  percent: '%',
  celsius: '°C',
  per_core: 'per core',
  days: 'days',
};

export const unitWord = (unit: Unit): string => UNITS[unit];

/** `87 %`, `1.4 per core`. */
export const measuredWords = (value: number, unit: Unit): string =>
  `${unit === 'per_core' ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
