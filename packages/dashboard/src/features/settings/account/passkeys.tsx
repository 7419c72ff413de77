import { MAX_PASSKEYS } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { addPasskey, usePasskeys } from '../../../api/access/passkeys.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { useSending } from '../../../api/use-sending.ts';
import { browserWords } from '../../../lib/browser/browser-words.ts';
import { whyNoPasskeys } from '../../../lib/browser/passkey.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { say } from '../../../ui/toast/toast.tsx';
import { PasskeyRow } from './passkey-row.tsx';

interface PasskeysProps {
  readonly host: string | null;
  /** They come in by their provider alone: a passkey proves that it is them, and does not sign them in. */
  readonly isForProofs: boolean;
}

const SIGNS_IN =
  'Your phone, computer or password manager signs you in, once it has seen your finger, your face or a PIN. There is nothing to type, and nothing for others to see.';
const PROVES =
  'You sign in with your provider. When this hub asks whether it is still you, your phone, computer or password manager answers for you, and you need not go there again.';

/** The passkeys of who is signed in. Where none can be used, those that are there can still be removed. */
export function Passkeys({ host, isForProofs }: PasskeysProps) {
  const passkeys = usePasskeys();
  const whyNot = whyNoPasskeys(host);
  if (passkeys.isPending) return <RowSkeleton rows={1} label="Loading your passkeys" />;
  if (passkeys.data === undefined) {
    return (
      <PanelError
        title="Could not load your passkeys"
        detail={detailOf(passkeys.error)}
        requestId={requestIdOf(passkeys.error)}
        onRetry={() => void passkeys.refetch()}
      />
    );
  }
  return (
    <>
      <p className="dim mb-3">{whyNot ?? (isForProofs ? PROVES : SIGNS_IN)}</p>
      {passkeys.data.length > 0 && (
        <ul className="attn keys mb-3" aria-label="Your passkeys">
          {passkeys.data.map((passkey) => (
            <PasskeyRow key={passkey.passkey_id} passkey={passkey} host={host} />
          ))}
        </ul>
      )}
      {whyNot === null && <AddPasskey isFull={passkeys.data.length >= MAX_PASSKEYS} />}
    </>
  );
}

function AddPasskey({ isFull }: { isFull: boolean }) {
  const client = useQueryClient();
  const { send, isSending, off, problem } = useSending('beginPasskey');
  const add = async () => {
    if (!(await send(() => addPasskey(client, browserWords(navigator.userAgent).slice(0, 50))))) return;
    const look = { shape: 'discTick', tone: 'ok' } as const;
    say({ look, title: 'Your passkey is added', detail: 'It answers when this hub asks whether it is you.' });
  };
  const full = isFull ? `You have ${MAX_PASSKEYS}: remove one that you use no more first` : null;
  return (
    <>
      <p>
        <Button off={off ?? full} isBusy={isSending} busyWord="Asking your device" onClick={() => void add()}>
          Add a passkey
        </Button>
      </p>
      {problem !== null && <FormError words={problem} />}
    </>
  );
}
