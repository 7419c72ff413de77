import type { ApiKey } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useOff } from '../../../api/access/may.ts';
import { detailOf, hasCode } from '../../../api/problem.ts';
import { revokeKey } from '../../../api/settings/keys.ts';
import { hasExpired, scopeLine } from '../../../api/vocabulary/rights.ts';
import { useTicking } from '../../../lib/hub-clock.ts';
import { day } from '../../../lib/time-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { Ago, At } from '../../../ui/time.tsx';
import { say } from '../../../ui/toast/toast.tsx';

interface KeyRowProps {
  readonly apiKey: ApiKey;
  /** It is the one that the reader is signed in with. */
  readonly isOwn: boolean;
}

export function KeyRow({ apiKey, isOwn }: KeyRowProps) {
  const { name, created_at, created_by, is_bootstrap, last_used_at, scopes } = apiKey;
  const isOver = useTicking((nowMs) => hasExpired(apiKey, nowMs));
  const [isAsking, setAsking] = useState(false);
  return (
    <li data-key={name}>
      <div className="attn-head">
        <Icon name="key" />
        <div>
          <p className="what">
            {name} {isOwn && <span className="badge">yours</span>}{' '}
            {is_bootstrap && <span className="badge">first key</span>}{' '}
            {isOver && <span className="badge is-warn">expired</span>}
          </p>
          <p className="why">
            {scopeLine(scopes)}. {!is_bootstrap && <End apiKey={apiKey} isOver={isOver} />}
          </p>
          <p className="why">
            Made <Ago at={created_at} />
            {created_by !== null && ` by ${created_by}`}.{' '}
            {last_used_at === null ? (
              'Never used.'
            ) : (
              <>
                Last used <Ago at={last_used_at} />.
              </>
            )}
          </p>
          {is_bootstrap && (
            <p className="why">
              The hub began with it. It cannot be revoked here, or nobody could come in. To replace it, start
              the hub once with <code>HOMELABCMD_API_KEY</code> set to another one; its sessions end then.
            </p>
          )}
        </div>
        {!is_bootstrap && !isAsking && (
          <div className="row-actions">
            <Button kind="quiet" aria-label={`Revoke ${name}`} onClick={() => setAsking(true)}>
              Revoke…
            </Button>
          </div>
        )}
      </div>
      {isAsking && <Confirm apiKey={apiKey} isOwn={isOwn} onKeep={() => setAsking(false)} />}
    </li>
  );
}

function End({ apiKey: { expires_at }, isOver }: { apiKey: ApiKey; isOver: boolean }) {
  if (expires_at === null) return 'Good until it is revoked.';
  return isOver ? (
    <span className="warn">
      Expired <Ago at={expires_at} />: it opens nothing any more.
    </span>
  ) : (
    <>
      Good until <At at={expires_at} of={day} />.
    </>
  );
}

function Confirm({ apiKey, isOwn, onKeep }: KeyRowProps & { onKeep: () => void }) {
  const client = useQueryClient();
  const off = useOff('revokeKey');
  const [isSending, setSending] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const revoke = async () => {
    setSending(true);
    try {
      await revokeKey(client, apiKey.key_id);
    } catch (error) {
      // Somebody else was quicker: the list, which has been read again, says so.
      if (hasCode(error, 'not_found')) return;
      setSending(false);
      if (hasCode(error, 'proof_required')) return;
      const look = { shape: 'diamond', tone: 'bad' } as const;
      say({ look, title: `Could not revoke ${apiKey.name}`, detail: detailOf(error), stays: true });
    }
  };
  return (
    <div
      className="strip"
      role="group"
      aria-label={`Revoke ${apiKey.name}`}
      ref={box}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onKeep();
      }}
    >
      <div className="strip-text">
        <p>
          <span className="ink">
            {isOwn
              ? 'You are signed in with this key: you will be signed out.'
              : `Whoever uses ${apiKey.name} is turned away at once.`}
          </span>{' '}
          Every session that it opened ends. What was done with it stays in the record. This cannot be undone.
        </p>
      </div>
      <div className="row-actions">
        <Button className="btn-danger" off={off} isBusy={isSending} onClick={() => void revoke()}>
          Revoke {apiKey.name}
        </Button>
        <Button kind="plain" onClick={onKeep}>
          Keep it
        </Button>
      </div>
    </div>
  );
}
