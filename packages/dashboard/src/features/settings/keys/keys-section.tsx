import { useState } from 'react';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { useSession } from '../../../api/session.ts';
import { type NewKey, useKeyList } from '../../../api/settings/keys.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { KeyRow } from './key-row.tsx';
import { NewKeyForm } from './new-key-form.tsx';
import { NewSecret } from './new-secret.tsx';

/** What programs come in with. One key for each, so that each can be told apart and ended alone. */
export function KeysSection() {
  const keys = useKeyList();
  const ownName = useSession().data?.principal.name;
  const [made, setMade] = useState<NewKey | null>(null);
  return (
    <>
      <p className="settings-lede">
        People sign in by name; a key is for a program. What it does is signed with the name of the key. Give
        each its own, with no more than it needs, so that you can tell them apart and end one without the
        others.
      </p>
      {made === null ? (
        <NewKeyForm onMade={setMade} />
      ) : (
        <NewSecret made={made} onDone={() => setMade(null)} />
      )}
      {keys.isPending && <RowSkeleton rows={3} label="Loading the keys" />}
      {keys.isError && keys.data === undefined && (
        <PanelError
          title="Could not load the keys"
          detail={detailOf(keys.error)}
          requestId={requestIdOf(keys.error)}
          onRetry={() => void keys.refetch()}
        />
      )}
      {keys.data !== undefined && (
        <ul className="attn keys" aria-label="API keys">
          {keys.data.map((key) => (
            <KeyRow key={key.key_id} apiKey={key} isOwn={key.name === ownName} />
          ))}
        </ul>
      )}
    </>
  );
}
