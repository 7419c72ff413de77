import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { beginSingleSignOn } from '../../../api/access/enter.ts';
import { proveByPasskey } from '../../../api/access/passkeys.ts';
import { detailOf } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { FormError } from '../../../ui/form/fields.tsx';

interface ProofProps {
  readonly settle: (isProved: boolean) => void;
}

/** The dialog gives the focus to this when it opens, and to nothing that stands before it. */
const first = (button: HTMLButtonElement | null): void => button?.setAttribute('autofocus', '');

/** One thing to press, which asks somebody else: the device, or the provider. */
function useAsking(ask: () => Promise<void>) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const press = async () => {
    if (isAsking) return;
    setAsking(true);
    setProblem(null);
    try {
      await ask();
    } catch (error) {
      setProblem(detailOf(error));
      setAsking(false);
    }
  };
  return { press: () => void press(), isAsking, problem };
}

interface ByPasskeyProps extends ProofProps {
  /** The other way to prove it. */
  readonly other: { readonly words: string; readonly choose: () => void };
}

/** The proof that takes no typing. */
export function ByPasskey({ settle, other }: ByPasskeyProps) {
  const client = useQueryClient();
  const { press, isAsking, problem } = useAsking(async () => {
    await proveByPasskey(client);
    settle(true);
  });
  return (
    <div className="dialog-form">
      <p className="dim">
        What you pressed changes what others may do, or cannot be taken back, and it is a while since you
        signed in. It goes on by itself when your passkey has shown that it is still you.
      </p>
      {problem !== null && <FormError words={problem} />}
      <p className="text-note">
        <button type="button" className="link" onClick={other.choose}>
          {other.words}
        </button>
      </p>
      <DialogEnds onClose={() => settle(false)}>
        <Button kind="primary" ref={first} isBusy={isAsking} busyWord="Asking your device" onClick={press}>
          Use a passkey
        </Button>
      </DialogEnds>
    </div>
  );
}

/** For who has no password here: signing in at their provider is the proof, and leads back to this page. */
export function Elsewhere({ settle, label }: ProofProps & { label: string | null }) {
  const { press, isAsking, problem } = useAsking(async () =>
    location.assign(await beginSingleSignOn('proof')),
  );
  const name = label ?? 'your provider';
  return (
    <div className="dialog-form">
      <p className="dim">
        It is a while since you signed in, and this takes a fresh proof. Sign in with {name} again: you come
        back to this page, and press once more. With a passkey you need not leave it; add one under Settings,
        Your account.
      </p>
      {problem !== null && <FormError words={problem} />}
      <DialogEnds onClose={() => settle(false)}>
        <Button kind="primary" ref={first} isBusy={isAsking} busyWord="Going there" onClick={press}>
          Sign in with {name}
        </Button>
      </DialogEnds>
    </div>
  );
}
