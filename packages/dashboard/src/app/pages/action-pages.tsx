import { getRouteApi } from '@tanstack/react-router';
import { useAction } from '../../api/actions.ts';
import { AuditPage } from '../../features/actions/audit/audit-page.tsx';
import { ActionsPage } from '../../features/actions/list/actions-page.tsx';
import { ActionPage } from '../../features/actions/review/action-page.tsx';
import { ActionAlert } from '../../features/alerts/action-alert.tsx';
import { NotFoundPage } from './not-found.tsx';
import { NotYet } from './not-yet.tsx';

const actionRoute = getRouteApi('/inside/actions/$actionId');

export function ActionRoute() {
  const actionId = Number(actionRoute.useParams().actionId);
  return Number.isSafeInteger(actionId) && actionId > 0 ? (
    <KnownAction actionId={actionId} />
  ) : (
    <NotFoundPage />
  );
}

function KnownAction({ actionId }: { actionId: number }) {
  const action = useAction(actionId);
  if (action.data !== undefined)
    return <ActionPage action={action.data} alert={<ActionAlert action={action.data} />} />;
  return <NotYet what={`action #${actionId}`} query={action} />;
}

const actionsRoute = getRouteApi('/inside/actions');

export const Actions = () => <ActionsPage {...actionsRoute.useSearch()} />;

const auditRoute = getRouteApi('/inside/actions/audit');

export const Audit = () => <AuditPage filter={auditRoute.useSearch()} />;
