import type { GuardedRoute } from '@homelabcmd/protocol';
import { useEffect, useRef } from 'react';
import { useSending } from '../../api/use-sending.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/form/fields.tsx';

interface RemoveStripProps {
  readonly name: string;
  /** What comes of it. */
  readonly words: string;
  readonly route: GuardedRoute;
  readonly remove: () => Promise<void>;
  readonly onKeep: () => void;
}

/** Asks once more before something goes. */
export function RemoveStrip({ name, words, route, remove, onKeep }: RemoveStripProps) {
  const { send, isSending, off, problem } = useSending(route);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div
      className="strip"
      role="group"
      aria-label={`Remove ${name}`}
      ref={box}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onKeep();
      }}
    >
      <div className="strip-text">
        <p>{words}</p>
        {problem !== null && <FormError words={problem} />}
      </div>
      <div className="row-actions">
        <Button className="btn-danger" off={off} isBusy={isSending} onClick={() => void send(remove)}>
          Remove {name}
        </Button>
        <Button kind="plain" onClick={onKeep}>
          Keep it
        </Button>
      </div>
    </div>
  );
}
