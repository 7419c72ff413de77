import { useId } from 'react';
import { signInByPasskey } from '../../api/access/passkeys.ts';
import { detailOf, hasCode } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { TurnedAway } from './door.tsx';
import { useEntering } from './use-entering.ts';

/** The way in without a name or a password. */
export function PasskeyEntry({ onSignedIn }: { onSignedIn: () => void }) {
  const { enter, isSending, refused } = useEntering(onSignedIn);
  const errorId = useId();
  const signIn = () =>
    void enter(signInByPasskey, (problem) =>
      hasCode(problem, 'forbidden') || hasCode(problem, 'unauthenticated')
        ? { words: detailOf(problem), field: null }
        : null,
    );
  return (
    <>
      <Button
        className="w-full"
        size="large"
        isBusy={isSending}
        busyWord="Asking your device"
        onClick={signIn}
      >
        Sign in with a passkey
      </Button>
      {refused !== null && <TurnedAway id={errorId} words={refused.words} />}
    </>
  );
}
