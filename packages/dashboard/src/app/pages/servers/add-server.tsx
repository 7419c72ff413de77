import { AddServerPage } from '../../../features/server/add/add-server-page.tsx';

/** A part of its own: whoever adds the first server does not wait for the page of one. */
export const AddServer = () => <AddServerPage />;
