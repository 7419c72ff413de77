import type { AlertFilter } from '../../api/alerts/alert-lists.ts';

/** What the address says of which alerts are wanted, and how. Without a view they stand by their causes. */
export interface AlertsSearch extends AlertFilter {
  readonly view?: 'all' | 'resolved' | undefined;
  readonly page?: number | undefined;
}
