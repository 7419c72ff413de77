import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { Button } from '../../../ui/button.tsx';
import type { Typed } from './selection.ts';

interface TypedNoteProps {
  readonly server: Server;
  readonly typed: Typed;
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onExpect: (name: string) => void;
}

/** What the typed name means on this server, and what can be done with it. */
export function TypedNote({ server, typed, off, isSending, onExpect }: TypedNoteProps) {
  const { server_id: serverId, liveness } = server;
  if (typed.kind === 'expected') {
    const serviceName = typed.service.service_name;
    return (
      <div className="add-note" role="status">
        <p>
          <b>{serviceName}</b> is expected on {serverId} already.
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
