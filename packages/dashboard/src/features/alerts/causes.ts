import type { Alert } from '@homelabcmd/protocol';
import { type AlertFilter, isWanted } from '../../api/alerts/alert-lists.ts';
import { needsSomeone } from '../../api/alerts/open-alerts.ts';
import { SEVERITY_ORDER } from '../../api/alerts/words.ts';

/** An alert that is told of, with those that are not because of it. */
export interface Cause {
  readonly alert: Alert;
  /** The oldest first. */
  readonly members: readonly Alert[];
}

/** 0 waits for somebody, then what somebody looks after, then what nobody is told of. */
const standing = (alert: Alert): number => (needsSomeone(alert) ? 0 : alert.silenced === null ? 1 : 2);

const worseFirst = (a: Alert, b: Alert): number =>
  standing(a) - standing(b) ||
  SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity) ||
  (a.since < b.since ? -1 : 1);

/** The open alerts by their causes. One whose cause is not there stands by itself: nothing is lost. */
export function causesOf(alerts: readonly Alert[]): readonly Cause[] {
  const ids = new Set(alerts.map(({ alert_id }) => alert_id));
  const members = Map.groupBy(alerts, ({ suppressed }) =>
    suppressed !== null && ids.has(suppressed.cause_alert_id) ? suppressed.cause_alert_id : null,
  );
  return (members.get(null) ?? []).toSorted(worseFirst).map((alert) => ({
    alert,
    members: (members.get(alert.alert_id) ?? []).toSorted((a, b) => (a.since < b.since ? -1 : 1)),
  }));
}

/** Whether the cause or something that it holds back is wanted. */
export const isCauseWanted = (filter: AlertFilter, { alert, members }: Cause): boolean =>
  [alert, ...members].some((each) => isWanted(filter, each));

interface Counts {
  readonly needing: number;
  readonly acknowledged: number;
  readonly silenced: number;
}

function countsOf(causes: readonly Cause[]): Counts {
  const at = [0, 0, 0];
  for (const { alert } of causes) {
    const index = standing(alert);
    at[index] = (at[index] ?? 0) + 1;
  }
  const [needing = 0, acknowledged = 0, silenced = 0] = at;
  return { needing, acknowledged, silenced };
}

/** The line that answers whether anything needs somebody: `2 causes need you. 1 is acknowledged, 1 is silenced.` */
export function sentenceOf(causes: readonly Cause[]): string {
  const { needing, acknowledged, silenced } = countsOf(causes);
  const need =
    needing === 0
      ? 'Nothing needs you.'
      : needing === 1
        ? '1 cause needs you.'
        : `${needing} causes need you.`;
  const is = (count: number, word: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? 'is' : 'are'} ${word}`];
  const others = [...is(acknowledged, 'acknowledged'), ...is(silenced, 'silenced')];
  return others.length === 0 ? need : `${need} ${others.join(', ')}.`;
}
