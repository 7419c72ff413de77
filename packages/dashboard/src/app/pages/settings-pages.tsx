import { getRouteApi } from '@tanstack/react-router';
import { sectionOf } from '../../features/settings/sections.ts';
import { SettingsPage } from '../../features/settings/settings-page.tsx';
import { NotFoundPage } from './not-found.tsx';

const sectionRoute = getRouteApi('/inside/settings/$section');

export const Settings = () => <SettingsPage section="hub" />;

export function SettingsSection() {
  const section = sectionOf(sectionRoute.useParams().section);
  return section === null ? <NotFoundPage /> : <SettingsPage section={section} />;
}
