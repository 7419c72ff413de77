import './alerts.css';
import { Link } from '@tanstack/react-router';
import { useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { alertLook, stateWords } from '../../api/alerts/words.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Ago } from '../../ui/time.tsx';
import { causesOf } from './causes.ts';
import { AlertLink } from './alert-link.tsx';

/** The open alerts of one server in short, with the way to each. Gone when there is none. */
export function ServerAlerts({ serverId }: { serverId: string }) {
  const own = (useOpenAlerts().data ?? []).filter(({ server_id }) => server_id === serverId);
  if (own.length === 0) return null;
  const alerts = causesOf(own).flatMap(({ alert, members }) => [alert, ...members]);
  return (
    <section aria-labelledby="server-alerts" className="mt-4">
      <div className="sec">
        <h2 id="server-alerts">Alerts</h2>
        <span className="dimmer">{own.length}</span>
        <div className="end">
          <Link className="link small" to="/alerts" search={{ server: serverId }}>
            All alerts of {serverId}
          </Link>
        </div>
      </div>
      <ul className="causes">
        {alerts.map((alert) => (
          <li key={alert.alert_id} className="cause is-short">
            <Glyph look={alertLook(alert)} />
            <p>
              <AlertLink alert={alert} className="cause-link">
                {alert.title}
              </AlertLink>{' '}
              <span className="small dim">
                {stateWords(alert)}, since <Ago at={alert.since} />
                {alert.suppressed !== null && `. ${alert.suppressed.reason}`}
              </span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
