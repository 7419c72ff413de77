import { useId, useState } from 'react';
import { Brand } from '../../ui/brand.tsx';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { useSignIn } from './use-sign-in.ts';

/** The door. One key, typed or pasted, never kept by the page. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const [key, setKey] = useState('');
  const { submit, isSending, error } = useSignIn(key, onSignedIn);
  const errorId = useId();
  return (
    <main className="lone">
      <title>Sign in · HomelabCmd</title>
      <div className="lone-in">
        <Brand />
        <h1>Sign in</h1>
        <p className="lede">Your servers, and everything that may be done to them, are behind this key.</p>
        <form className="mt-6 grid gap-2" onSubmit={submit}>
          <KeyField value={key} onChange={setKey} isBad={error?.isOfKey ?? false} errorId={errorId} />
          <p id={errorId} className="bad text-note min-h-5" role="alert">
            {error !== null && (
              <>
                <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {error.words}
              </>
            )}
          </p>
          <Button type="submit" kind="primary" size="large" isBusy={isSending} busyWord="Signing in">
            Sign in
          </Button>
        </form>
        <div className="foot">
          <p>
            On an installed hub the key is in <code>/etc/homelabcmd/homelabcmd.conf</code>. A trial or a
            container printed it in its terminal when it first started, on the line “Sign in”.
          </p>
          <p className="mt-2">
            Lost? Start the hub once with <code>HOMELABCMD_API_KEY</code> set to a new one of 32 characters or
            more.
          </p>
        </div>
      </div>
    </main>
  );
}

interface KeyFieldProps {
  readonly value: string;
  readonly onChange: (key: string) => void;
  readonly isBad: boolean;
  readonly errorId: string;
}

function KeyField({ value, onChange, isBad, errorId }: KeyFieldProps) {
  const [isShown, setShown] = useState(false);
  const fieldId = useId();
  return (
    <>
      <label className="small dim" htmlFor={fieldId}>
        API key
      </label>
      <div className="field" data-bad={isBad}>
        <input
          id={fieldId}
          className="mono"
          name="api_key"
          type={isShown ? 'text' : 'password'}
          autoComplete="current-password"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
          value={value}
          aria-invalid={isBad}
          aria-describedby={isBad ? errorId : undefined}
          onChange={(event) => onChange(event.target.value)}
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
    </>
  );
}
