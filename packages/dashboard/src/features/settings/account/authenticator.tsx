import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import {
  type NewAuthenticator,
  beginAuthenticator,
  confirmAuthenticator,
  removeAuthenticator,
} from '../../../api/access/account.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { Copyable } from '../../../ui/copy.tsx';
import { CodeField } from '../../../ui/form/code-field.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Status } from '../../../ui/glyphs/glyph.tsx';
import { say } from '../../../ui/toast/toast.tsx';
import { QrCode } from './qr-code.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

/** A second thing that signing in takes: an app on a phone that shows a code. */
export function Authenticator({ hasOne }: { hasOne: boolean }) {
  const [begun, setBegun] = useState<NewAuthenticator | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const { send, isSending, off, problem } = useSending('beginTotp');
  const place = useRef<HTMLDivElement>(null);
  const begin = () => void send(async () => setBegun(await beginAuthenticator()));
  const close = () => {
    setRemoving(false);
    place.current?.querySelector('button')?.focus();
  };
  if (begun !== null) return <Confirm begun={begun} onDone={() => setBegun(null)} />;
  return (
    <div ref={place}>
      <p className="mb-3">
        {hasOne ? (
          <Status
            look={{ shape: 'discTick', tone: 'ok', word: 'Signing in takes your password and a code.' }}
          />
        ) : (
          <span className="dim">
            Signing in takes your password alone. With an authenticator app on your phone it takes a code,
            too, so that a password that somebody has seen opens nothing.
          </span>
        )}
      </p>
      <p className="flex flex-wrap gap-2">
        <Button off={off} isBusy={isSending} onClick={begin}>
          {hasOne ? 'Use another one' : 'Add an authenticator'}
        </Button>
        {hasOne && (
          <Button kind="plain" onClick={() => setRemoving(true)}>
            Remove it…
          </Button>
        )}
      </p>
      {problem !== null && <FormError words={problem} />}
      {isRemoving && <RemoveIt onClose={close} />}
    </div>
  );
}

/** Four letters at a time, as one reads them off. */
const inFours = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

function Confirm({ begun, onDone }: { begun: NewAuthenticator; onDone: () => void }) {
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const { send, isSending, off, problem } = useSending('confirmTotp');
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => title.current?.focus(), []);
  const missing = code.trim() === '' ? 'Type the code first' : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null || !(await send(() => confirmAuthenticator(client, code.trim())))) return;
    const look = { shape: 'discTick', tone: 'ok' } as const;
    say({ look, title: 'Your authenticator is added', detail: 'From now on signing in takes a code.' });
    onDone();
  };
  return (
    <div className="new-secret totp" role="group" aria-labelledby="totp">
      <p id="totp" ref={title} tabIndex={-1} className="strong">
        Scan this with your authenticator app.
      </p>
      <div className="totp-in">
        <QrCode text={begun.uri} label="The secret, as a picture for the camera of your phone" />
        <form className="grid gap-3" onSubmit={(event) => void submit(event)} noValidate>
          <div>
            <p className="note mt-0">Or type it into the app. It is shown this once.</p>
            <Copyable text={inFours(begun.secret)} what="secret" />
          </div>
          <CodeField
            label="The code that the app shows now"
            value={code}
            error={problem}
            onChange={setCode}
          />
          <p className="flex flex-wrap gap-2">
            <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
              Confirm
            </Button>
            <Button kind="plain" onClick={onDone}>
              Cancel
            </Button>
          </p>
        </form>
      </div>
    </div>
  );
}

function RemoveIt({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  return (
    <RemoveDialog
      title="Remove your authenticator?"
      by="removeTotp"
      remove={() => removeAuthenticator(client)}
      onClose={onClose}
    >
      From then on your password alone opens this hub.
    </RemoveDialog>
  );
}
