import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type Proof, prove } from '../../../api/access/enter.ts';
import { useProofAsked } from '../../../api/access/proof.ts';
import { detailOf, hasCode } from '../../../api/problem.ts';
import { type OwnSession, useSession } from '../../../api/session.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { CodeField } from '../../../ui/form/code-field.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { KeptName } from '../../../ui/form/kept-name.tsx';
import { SecretField } from '../../../ui/form/secret-field.tsx';
import { whyNoPasskeys } from '../../../lib/browser/passkey.ts';
import { ByPasskey, Elsewhere } from './proof-elsewhere.tsx';

/** Asks whoever is signed in to prove it once more, for a call that waits for that. */
export default function ProofDialog() {
  const { settle } = useProofAsked();
  const session = useSession().data;
  useFocusReturn();
  return (
    <Dialog title="Prove that it is you" onClose={() => settle(false)}>
      {session !== undefined && <Ways session={session} settle={settle} />}
    </Dialog>
  );
}

interface WaysProps {
  readonly session: OwnSession;
  readonly settle: (isProved: boolean) => void;
}

/** A passkey first, where there is one and it can be used here: it is one touch. */
function Ways({ session: { principal, oidc_label, passkey_host }, settle }: WaysProps) {
  const [isOther, setOther] = useState(false);
  const isByPasskey = principal.proves_by.includes('passkey') && whyNoPasskeys(passkey_host) === null;
  const isTyped = principal.kind === 'key' || principal.proves_by.includes('password');
  if (isByPasskey && !isOther) {
    const words = isTyped
      ? 'Use your password instead'
      : `Sign in with ${oidc_label ?? 'your provider'} instead`;
    return <ByPasskey settle={settle} other={{ words, choose: () => setOther(true) }} />;
  }
  if (isTyped) return <Question principal={principal} settle={settle} />;
  return <Elsewhere settle={settle} label={oidc_label} />;
}

/** It opens over whatever was pressed, and gives the focus back to that. */
function useFocusReturn(): void {
  const before = useRef(document.activeElement);
  useEffect(() => {
    const { current: pressed } = before;
    return () => {
      if (pressed instanceof HTMLElement && pressed.isConnected) pressed.focus();
    };
  }, []);
}

interface QuestionProps {
  readonly principal: OwnSession['principal'];
  readonly settle: (isProved: boolean) => void;
}

function Question({ principal, settle }: QuestionProps) {
  const isKey = principal.kind === 'key';
  const [secret, setSecret] = useState('');
  const [code, setCode] = useState('');
  const [takesCode, setTakesCode] = useState(principal.has_totp);
  const proof: Proof = isKey
    ? { api_key: secret.trim() }
    : { password: secret, ...(takesCode && code.trim() !== '' && { totp_code: code.trim() }) };
  const { submit, isSending, problem } = useProving(
    proof,
    () => settle(true),
    () => setTakesCode(true),
  );
  const missing = secret === '' || (takesCode && code.trim() === '') ? 'Fill it in first' : null;
  return (
    <form
      className="dialog-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === null) void submit();
      }}
    >
      <p className="dim">
        What you pressed changes what others may do, or cannot be taken back, and it is a while since you
        signed in. It goes on by itself when you have shown that it is still you.
      </p>
      <SecretOf principal={principal} value={secret} onChange={setSecret} />
      {takesCode && <CodeField label="Code of your authenticator" value={code} onChange={setCode} />}
      {problem !== null && <FormError words={problem} />}
      <DialogEnds onClose={() => settle(false)}>
        <Button type="submit" kind="primary" off={missing} isBusy={isSending} busyWord="Looking">
          Go on
        </Button>
      </DialogEnds>
    </form>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SecretOf({ principal, value, onChange }: FieldProps & Pick<QuestionProps, 'principal'>) {
  const field = { autoComplete: 'current-password', autoFocus: true, value, onChange } as const;
  if (principal.kind === 'key')
    return (
      <SecretField label={`The API key ${principal.name}`} what="key" name="api_key" isCode {...field} />
    );
  return (
    <>
      <KeptName name={principal.name} />
      <SecretField
        label={`Password of ${principal.name}`}
        what="password"
        name="password"
        maxLength={200}
        {...field}
      />
    </>
  );
}

function useProving(proof: Proof, onProved: () => void, onCodeWanted: () => void) {
  const client = useQueryClient();
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    if (isSending) return;
    setSending(true);
    setProblem(null);
    try {
      await prove(client, proof);
      onProved();
    } catch (error) {
      if (hasCode(error, 'totp_required')) onCodeWanted();
      const isPasswordAlone = 'password' in proof && proof.totp_code === undefined;
      setProblem(
        hasCode(error, 'forbidden') && isPasswordAlone ? 'This password is not right.' : detailOf(error),
      );
      setSending(false);
    }
  };
  return { submit, isSending, problem };
}
