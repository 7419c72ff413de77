import { Link } from '@tanstack/react-router';
import { useServers } from '../../api/servers.ts';
import { serverName } from '../../api/vocabulary/server.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Ago } from '../../ui/time.tsx';
import { AddServer } from './servers-section.tsx';

/** How a server joins, and which ones were added whose agent has not been heard of. */
export function Enrolment() {
  const servers = useServers().data;
  const waiting = (servers ?? []).filter((server) => server.liveness === 'never_seen');
  return (
    <>
      <ol className="how">
        <li>Name the server here. The hub makes a token that works once and for a short time.</li>
        <li>
          Paste the line that you get into a terminal of that server, as an administrator. It installs the
          agent, which connects to this hub; the hub never connects to a server.
        </li>
        <li>
          The server appears by itself. It only watches until you list on that server what may be restarted
          there.
        </li>
      </ol>
      <p className="mt-5">
        <AddServer isPrimary />
      </p>
      <h3 className="settings-sub">
        Waiting for their agent <span className="dimmer">{waiting.length}</span>
      </h3>
      {waiting.length === 0 ? (
        <p className="empty">Every server that was added has been heard of.</p>
      ) : (
        <ul className="attn">
          {waiting.map((server) => (
            <li key={server.server_id} className="attn-head">
              <Glyph look={{ shape: 'ringDashed', tone: 'mute' }} />
              <div>
                <p className="what">
                  <Link className="link" to="/servers/$serverId" params={{ serverId: server.server_id }}>
                    {serverName(server)}
                  </Link>
                </p>
                <p className="why">
                  Added <Ago at={server.created_at} />. Its agent has never connected: run the line on that
                  server, or make a new one if its token is too old.
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
