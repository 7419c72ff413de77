import { Link } from '@tanstack/react-router';
import { useEffect, useId, useRef } from 'react';
import { beginSingleSignOn, finishSingleSignOn } from '../../api/access/enter.ts';
import { detailOf, hasCode } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Door, TurnedAway } from './door.tsx';
import { useEntering } from './use-entering.ts';

/** Leads to the provider, and from there back to the page that `SingleSignOnAnswer` is. */
export function SingleSignOn({ label }: { label: string }) {
  const { enter, isSending, refused } = useEntering(() => undefined);
  const errorId = useId();
  const leave = () =>
    void enter(
      async () => location.assign(await beginSingleSignOn('sign_in')),
      () => null,
    );
  return (
    <>
      <Button className="w-full" size="large" isBusy={isSending} busyWord="Going there" onClick={leave}>
        Sign in with {label}
      </Button>
      {refused !== null && <TurnedAway id={errorId} words={refused.words} />}
    </>
  );
}

interface AnswerProps {
  /** All that stands behind the question mark of the address. */
  readonly search: string;
  /** Where whoever went there for a proof came from; they are signed in still. `null`: for another reason. */
  readonly back: string | null;
  readonly onSignedIn: () => void;
}

/** Where the provider sends the browser: what came with it is shown to the hub, once. */
export function SingleSignOnAnswer({ search, back, onSignedIn }: AnswerProps) {
  const { enter, refused } = useEntering(onSignedIn);
  const isSent = useRef(false);
  useEffect(() => {
    if (isSent.current) return;
    isSent.current = true;
    void enter(
      (client) => finishSingleSignOn(client, search),
      (problem) => (hasCode(problem, 'unavailable') ? null : { words: detailOf(problem), field: null }),
    );
  });
  if (refused === null)
    return (
      <Door title="Signing in" lede="The hub looks at what your provider says.">
        {null}
      </Door>
    );
  if (back !== null)
    return (
      <Door title="Nothing was proved" lede={refused.words}>
        <p className="mt-6">
          <a className="btn btn-go btn-lg w-full" href={back}>
            Go back
          </a>
        </p>
      </Door>
    );
  return (
    <Door title="You are not signed in" lede={refused.words}>
      <p className="mt-6">
        <Link className="btn btn-go btn-lg w-full" to="/sign-in">
          Go to sign-in
        </Link>
      </p>
    </Door>
  );
}
