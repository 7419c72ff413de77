import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useNotAllowed } from '../../../api/access/may.ts';
import type { Enrolment } from '../../../api/fleet/enrolment.ts';
import { useServers } from '../../../api/servers.ts';
import { Button } from '../../../ui/button.tsx';
import { Command } from '../../../ui/copy.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { allowCommand } from '../allows/command.ts';
import { EnrolmentPanel } from './enrolment-panel.tsx';
import { NameForm } from './name-form.tsx';

/** A new server: its name, the line that installs its agent, and the moment when it is here. */
export function AddServerPage() {
  const servers = useServers().data ?? [];
  const whyNot = useNotAllowed('enrolServer');
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const serverId = enrolment?.server_id;
  return (
    <>
      <title>Add a server · HomelabCmd</title>
      <p className="crumb">
        <Link to="/">Fleet</Link> <Icon name="right" /> <span>Add server</span>
      </p>
      <h1 className="h1 pt-1">{serverId === undefined ? 'Add a server' : `Add ${serverId}`}</h1>
      <div className="add-server">
        {whyNot !== null ? (
          <p className="dim">{whyNot}. They can add it, or make you one.</p>
        ) : enrolment === null ? (
          <NameForm servers={servers} onEnrolled={setEnrolment} />
        ) : (
          <EnrolmentPanel
            enrolment={enrolment}
            server={servers.find((server) => server.server_id === serverId)}
            onRenewed={setEnrolment}
          >
            <Arrived serverId={enrolment.server_id} onAnother={() => setEnrolment(null)} />
          </EnrolmentPanel>
        )}
      </div>
    </>
  );
}

/** What comes next for a server that has just come. */
function Arrived({ serverId, onAnother }: { serverId: string; onAnother: () => void }) {
  return (
    <>
      <ol className="first-steps">
        <li>Say which of its services should run, on its page. Those that stop are shown in the fleet.</li>
        <li>
          It only reports. To allow restarts from here, name the services on {serverId} itself, one at a time:
          <Command text={allowCommand('plex.service')} />
        </li>
      </ol>
      <p className="mt-5 flex flex-wrap gap-2">
        <Link className="btn btn-go" to="/servers/$serverId" params={{ serverId }}>
          Open {serverId}
        </Link>
        <Button onClick={onAnother}>Add another server</Button>
      </p>
    </>
  );
}
