import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { detailOf, hasCode } from '../../api/problem.ts';
import { signIn } from '../../api/session.ts';

interface SignIn {
  readonly submit: (event: FormEvent) => Promise<void>;
  readonly isSending: boolean;
  readonly error: SignInError | null;
}

interface SignInError {
  /** What went wrong, in words for the one who typed the key. */
  readonly words: string;
  /** It is the key that was turned away: with another one it may go well. */
  readonly isOfKey: boolean;
}

function errorOf(problem: unknown): SignInError {
  if (hasCode(problem, 'unauthenticated'))
    return { words: 'This hub does not know that key.', isOfKey: true };
  if (hasCode(problem, 'too_many')) return { words: detailOf(problem), isOfKey: true };
  const next = hasCode(problem, 'unavailable') ? 'Look whether it runs, then try again.' : 'Try again.';
  return { words: `${detailOf(problem)} ${next}`, isOfKey: false };
}

export function useSignIn(key: string, onSignedIn: () => void): SignIn {
  const client = useQueryClient();
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<SignInError | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending) return;
    const typed = key.trim();
    if (typed === '') {
      setError({ words: 'Type or paste the key first.', isOfKey: true });
      return;
    }
    setSending(true);
    setError(null);
    try {
      await signIn(client, typed);
      onSignedIn();
    } catch (problem) {
      setError(errorOf(problem));
    } finally {
      setSending(false);
    }
  };
  return { submit, isSending, error };
}
