import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { Button } from '../../../ui/button.tsx';
import type { Typed } from './selection.ts';

interface TypedNoteProps {
  readonly server: Server;
  readonly typed: Typed;
  /** The name that was added last, or `null`. */
  readonly added: string | null;
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onExpect: (name: string) => void;
}

/** What the typed name means on this server, and what can be done with it. */
export function TypedNote({ server, typed, added, off, isSending, onExpect }: TypedNoteProps) {
  const { server_id: serverId, liveness } = server;
  if (typed.kind === 'nothing' && added !== null)
    return <Expected serverId={serverId} serviceName={added} words="now" />;
  if (typed.kind === 'expected')
    return <Expected serverId={serverId} serviceName={typed.service.service_name} words="already" />;
  if (typed.kind !== 'new') return null;
  return (
    <div className="add-note" role="status">
      <p>
        {liveness === 'online' ? (
          <>
            {serverId} reports no <b>{typed.name}</b>. It can be expected all the same: until it is there it
            shows as «Not found».
          </>
        ) : (
          <>
            Whether {serverId} has a <b>{typed.name}</b> is not known now. It can be expected all the same.
          </>
        )}
      </p>
      <Button off={off} isBusy={isSending} onClick={() => onExpect(typed.name)}>
        Expect {typed.name}
      </Button>
    </div>
  );
}

interface ExpectedProps {
  readonly serverId: string;
  readonly serviceName: string;
  readonly words: 'now' | 'already';
}

function Expected({ serverId, serviceName, words }: ExpectedProps) {
  return (
    <div className="add-note" role="status">
      <p>
        <b>{serviceName}</b> is expected on {serverId} {words}.
      </p>
      <Link
        className="link"
        to="/servers/$serverId/services/$serviceName/edit"
        params={{ serverId, serviceName }}
        resetScroll={false}
      >
        Edit it
      </Link>
    </div>
  );
}
