import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { AuditFilter } from '../../api/audit/filter.ts';
import { AUDIT_TOPICS, type AuditTopic } from '../../api/audit/topics.ts';
import { inside } from './root.ts';
import { textOf } from './search-text.ts';

const topicOf = (value: unknown): AuditTopic | undefined =>
  typeof value === 'string' && Object.hasOwn(AUDIT_TOPICS, value) ? (value as AuditTopic) : undefined;

/** A day that there is. */
const dayOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export const audit = createRoute({
  getParentRoute: () => inside,
  // Actions have numbers, so none of them is called so.
  path: '/actions/audit',
  validateSearch: (search): AuditFilter => {
    const action = Number(search.action);
    return {
      about: topicOf(search.about),
      who: textOf(search.who),
      server: textOf(search.server),
      action: Number.isSafeInteger(action) && action > 0 ? action : undefined,
      from: dayOf(search.from),
      to: dayOf(search.to),
      q: textOf(search.q)?.slice(0, 100),
    };
  },
  component: lazyRouteComponent(() => import('../pages/action-pages.tsx'), 'Audit'),
});
