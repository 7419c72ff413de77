import { getRouteApi, useRouter } from '@tanstack/react-router';
import { SignInPage } from '../../features/session/sign-in-page.tsx';
import { BASE_PATH } from '../../lib/browser/base-path.ts';

const signInRoute = getRouteApi('/sign-in');

export function SignIn() {
  const { to = '/' } = signInRoute.useSearch();
  const router = useRouter();
  return <SignInPage onSignedIn={() => router.history.push(BASE_PATH + to)} />;
}
