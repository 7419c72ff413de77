import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useDoor } from '../../api/access/door.ts';
import { whyNoPasskeys } from '../../lib/browser/passkey.ts';
import { Door } from './door.tsx';
import { KeyForm } from './key-form.tsx';
import { NameForm } from './name-form.tsx';
import { PasskeyEntry } from './passkey-entry.tsx';
import { SingleSignOn } from './single-sign-on.tsx';

const LEDE = 'Your servers, and everything that may be done to them, are behind this door.';

/** The door: by name, or with an API key. Where nobody has an account it leads to where the first one is made. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const door = useDoor().data;
  const [isByKey, setByKey] = useState(false);
  const label = door?.oidcLabel ?? null;
  // Where there can be none, that is said in the settings: whoever stands at the door can do nothing about it.
  const hasPasskeys = whyNoPasskeys(door?.passkeyHost ?? null) === null;
  const others = hasPasskeys || label !== null;
  if (door?.isToSetUp === true) return <NobodyYet onSignedIn={onSignedIn} />;
  return (
    <Door title="Sign in" lede={LEDE} foot={isByKey ? <WhereIsTheKey /> : <LostPassword />}>
      {!isByKey && others && (
        <>
          <div className="mt-6 grid gap-3">
            {hasPasskeys && <PasskeyEntry onSignedIn={onSignedIn} />}
            {label !== null && <SingleSignOn label={label} />}
          </div>
          <p className="or">or by name</p>
        </>
      )}
      <div className={isByKey || !others ? 'mt-6' : ''}>
        {isByKey ? <KeyForm onSignedIn={onSignedIn} isPrimary /> : <NameForm onSignedIn={onSignedIn} />}
      </div>
      <p className="other-way">
        <button type="button" className="link" onClick={() => setByKey(!isByKey)}>
          {isByKey ? 'Sign in by name' : 'Use an API key'}
        </button>
      </p>
    </Door>
  );
}

/** A hub on its first day. */
function NobodyYet({ onSignedIn }: { onSignedIn: () => void }) {
  return (
    <Door title="Sign in" lede="Nobody has an account on this hub yet." foot={<WhereIsTheKey />}>
      <p className="mt-6">
        <Link className="btn btn-go btn-lg w-full" to="/setup">
          Make the first account
        </Link>
      </p>
      <p className="or">or come in with a key</p>
      <KeyForm onSignedIn={onSignedIn} isPrimary={false} />
    </Door>
  );
}

const LostPassword = () => (
  <p>
    Lost your password or your authenticator? An administrator can invite you anew. Where there is none left,{' '}
    <code>homelabcmd reset-admin</code> on the hub’s console makes a new API key.
  </p>
);

const WhereIsTheKey = () => (
  <>
    <p>
      On an installed hub the key is in <code>/etc/homelabcmd/homelabcmd.conf</code>. A trial or a container
      printed it in its terminal when it first started, on the line “Sign in”.
    </p>
    <p className="mt-2">
      Lost? <code>homelabcmd reset-admin</code> on the hub’s console makes a new one.
    </p>
  </>
);
