import { getRouteApi, useParams } from '@tanstack/react-router';
import { hasCode } from '../../api/problem.ts';
import { useAlertStory } from '../../api/alerts/alert-story.ts';
import { AlertsPage } from '../../features/alerts/alerts-page.tsx';
import { NotFoundPage } from './not-found.tsx';

const alertsRoute = getRouteApi('/inside/alerts');

/** The list, and beside it the alert of the address, if there is such a one. It stays the same list from alert to alert. */
export function Alerts() {
  const { alertId } = useParams({ strict: false });
  const search = alertsRoute.useSearch();
  const id = alertId === undefined ? null : Number(alertId);
  const isNumber = id === null || (Number.isSafeInteger(id) && id > 0);
  const { error } = useAlertStory(isNumber ? id : null);
  if (!isNumber) return <NotFoundPage what={`the alert ${alertId}`} />;
  if (hasCode(error, 'not_found') || hasCode(error, 'invalid')) return <NotFoundPage what={`alert #${id}`} />;
  return <AlertsPage search={search} alertId={id} />;
}
