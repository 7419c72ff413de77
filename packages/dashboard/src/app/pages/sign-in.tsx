import { getRouteApi, useRouter } from '@tanstack/react-router';
import { basePath } from '../../lib/base-path.ts';
import { SignInPage } from '../../features/session/sign-in-page.tsx';

const signInRoute = getRouteApi('/sign-in');

export function SignIn() {
  const { to = '/' } = signInRoute.useSearch();
  const router = useRouter();
  return <SignInPage onSignedIn={() => router.history.push(basePath + to)} />;
}
