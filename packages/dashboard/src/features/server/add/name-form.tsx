import { type Server, ServerId } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { type Enrolment, enrol } from '../../../api/fleet/enrolment.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError, TextField } from '../../../ui/form/fields.tsx';
import { useSending } from '../../../api/use-sending.ts';

/** What people type for a name, as a name can be: `Media 01` becomes `media-01`. */
const asId = (text: string): string => text.toLowerCase().replace(/[\s_.]+/g, '-');

function problemOf(name: string): string | null {
  const parsed = ServerId.safeParse(name);
  return parsed.success ? null : `${parsed.error.issues[0]?.message ?? 'This cannot be a name'}.`;
}

interface NameFormProps {
  readonly servers: readonly Server[];
  readonly onEnrolled: (enrolment: Enrolment) => void;
}

export function NameForm({ servers, onEnrolled }: NameFormProps) {
  const [name, setName] = useState('');
  const [isTold, setTold] = useState(false);
  const { send, isSending, off, problem } = useSending('enrolServer');
  const known = servers.find((server) => server.server_id === name);
  const wrong = problemOf(name);
  const isTaken = known !== undefined && known.liveness !== 'never_seen';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (wrong === null && !isTaken) void send(async () => onEnrolled(await enrol(name)));
  };
  return (
    <form className="grid gap-3" onSubmit={submit} noValidate>
      <p className="dim">
        You get one line to run on it. The server appears here within a few seconds, and only reports until
        you allow more on the server itself.
      </p>
      <TextField
        label="Name"
        hint="Lower-case letters, digits and hyphens. It stays; a display name can be changed at any time."
        placeholder="media-01"
        isCode
        autoFocus
        maxLength={100}
        value={name}
        error={isTold ? wrong : null}
        onChange={(text) => setName(asId(text))}
      />
      {known !== undefined && <Known server={known} />}
      {problem !== null && <FormError words={problem} />}
      <p>
        <Button
          type="submit"
          kind="primary"
          size="large"
          off={off ?? (isTaken ? `There is a server ${name} already` : null)}
          isBusy={isSending}
        >
          Make the install line
        </Button>
      </p>
    </form>
  );
}

function Known({ server }: { server: Server }) {
  const { server_id: serverId, liveness } = server;
  if (liveness === 'never_seen')
    return (
      <p className="text-note dim" role="status">
        {serverId} was added and its agent has not connected yet. This makes a new line for it.
      </p>
    );
  return (
    <p className="text-note" role="status">
      There is a server {serverId} already. To connect its agent anew, choose “Enrol again” on{' '}
      <Link className="link" to="/servers/$serverId" params={{ serverId }}>
        its page
      </Link>
      .
    </p>
  );
}
