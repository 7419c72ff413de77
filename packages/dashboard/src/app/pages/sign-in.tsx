import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { InvitationPage } from '../../features/session/invitation-page.tsx';
import { SetUpPage } from '../../features/session/set-up-page.tsx';
import { SignInPage } from '../../features/session/sign-in-page.tsx';
import { SingleSignOnAnswer } from '../../features/session/single-sign-on.tsx';
import { BASE_PATH } from '../../lib/browser/base-path.ts';
import { takeWayBack } from '../../lib/browser/way-back.ts';
import { type FragmentPath, dropFragment, useFragment } from '../../lib/browser/fragment-secret.ts';

const signInRoute = getRouteApi('/sign-in');
const answerRoute = getRouteApi('/sign-in/answer');

export function SignIn() {
  const { to = '/' } = signInRoute.useSearch();
  const router = useRouter();
  return <SignInPage onSignedIn={() => router.history.push(BASE_PATH + to)} />;
}

/** Whoever came by a link with a token goes on from there; the token is worth nothing any more. */
function useGoIn(path: FragmentPath): () => void {
  const router = useRouter();
  return () => {
    dropFragment(path);
    router.history.replace(`${BASE_PATH}/`);
  };
}

export function SetUp() {
  const goIn = useGoIn('/setup');
  const brought = useFragment('/setup');
  return <SetUpPage key={brought?.token} token={brought?.token ?? null} onSignedIn={goIn} />;
}

export function Invitation() {
  const goIn = useGoIn('/invitation');
  const invitation = useFragment('/invitation');
  return <InvitationPage key={invitation?.token} invitation={invitation} onSignedIn={goIn} />;
}

export function Answer() {
  const router = useRouter();
  const { cameWith } = answerRoute.useRouteContext();
  const [back] = useState(takeWayBack);
  return (
    <SingleSignOnAnswer
      search={cameWith.replace(/^\?/, '')}
      back={back}
      onSignedIn={() => router.history.replace(back ?? `${BASE_PATH}/`)}
    />
  );
}
