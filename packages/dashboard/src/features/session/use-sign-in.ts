import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { detailOf, hasCode } from '../../api/problem.ts';
import { signIn } from '../../api/session.ts';

interface SignIn {
  readonly submit: (event: FormEvent) => Promise<void>;
  readonly isSending: boolean;
  /** What went wrong, in words for the one who typed the key. */
  readonly error: string | null;
}

export function useSignIn(key: string, onSignedIn: () => void): SignIn {
  const client = useQueryClient();
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending) return;
    const typed = key.trim();
    if (typed === '') {
      setError('Type or paste the key first.');
      return;
    }
    setSending(true);
    setError(null);
    try {
      await signIn(client, typed);
      onSignedIn();
    } catch (problem) {
      const isUnknown = hasCode(problem, 'unauthenticated');
      setError(isUnknown ? 'This hub does not know that key.' : detailOf(problem));
    } finally {
      setSending(false);
    }
  };
  return { submit, isSending, error };
}
