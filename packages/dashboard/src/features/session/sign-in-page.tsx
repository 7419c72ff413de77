import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { detailOf, hasCode } from '../../api/problem.ts';
import { signIn } from '../../api/session.ts';
import { Brand } from '../../ui/brand.tsx';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';

/** What went wrong, in words for the one who typed the key. */
function trouble(error: unknown): string {
  if (hasCode(error, 'unauthenticated')) return 'This hub does not know that key.';
  return detailOf(error);
}

/** The door. One key, typed or pasted, never kept by the page. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [isShown, setShown] = useState(false);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const fieldId = useId();
  const errorId = useId();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const typed = key.trim();
    if (isSending) return;
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
      setError(trouble(problem));
    } finally {
      setSending(false);
    }
  };
  return (
    <main className="lone">
      <title>Sign in · HomelabCmd</title>
      <div className="lone-in">
        <Brand />
        <h1>Sign in</h1>
        <p className="lede">Your servers, and everything that may be done to them, are behind this key.</p>
        <form className="mt-6 grid gap-2" onSubmit={submit}>
          <label className="small dim" htmlFor={fieldId}>
            API key
          </label>
          <div className="field" data-bad={error !== null}>
            <input
              id={fieldId}
              className="mono"
              name="api_key"
              type={isShown ? 'text' : 'password'}
              autoComplete="current-password"
              autoCapitalize="off"
              spellCheck={false}
              autoFocus
              value={key}
              aria-invalid={error !== null}
              aria-describedby={error === null ? undefined : errorId}
              onChange={(event) => setKey(event.target.value)}
            />
            <button
              type="button"
              className="icon-btn"
              aria-label={isShown ? 'Hide the key' : 'Show the key'}
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
            >
              <Icon name={isShown ? 'eyeOff' : 'eye'} />
            </button>
          </div>
          <p id={errorId} className="bad text-note min-h-5" role="alert">
            {error !== null && (
              <>
                <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {error}
              </>
            )}
          </p>
          <Button type="submit" kind="primary" size="large" isBusy={isSending} busyWord="Signing in">
            Sign in
          </Button>
        </form>
        <div className="foot">
          <p>
            The key was printed in the terminal when the hub first started. It is the same key that programs
            send as <code>X-API-Key</code>.
          </p>
        </div>
      </div>
    </main>
  );
}
