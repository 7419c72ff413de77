import { getRouteApi } from '@tanstack/react-router';
import { useServer } from '../../../api/servers.ts';
import { AddSheet } from '../../../features/services/add/add-sheet.tsx';
import { EditSheet } from '../../../features/services/edit/edit-sheet.tsx';

const addRoute = getRouteApi('/inside/servers/$serverId/services/add');
const editRoute = getRouteApi('/inside/servers/$serverId/services/$serviceName/edit');

/** Both lie over the server's page, which has read the server before it draws them. */
export function AddServices() {
  const server = useServer(addRoute.useParams().serverId).data;
  return server === undefined ? null : <AddSheet server={server} />;
}

export const EditService = () => <EditSheet {...editRoute.useParams()} />;
