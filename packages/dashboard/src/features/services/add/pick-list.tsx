import './add.css';
import type { DiscoveredService } from '@homelabcmd/protocol';
import { serviceLook } from '../../../api/vocabulary/service.ts';
import { Glyph, StatusWord } from '../../../ui/glyphs/glyph.tsx';
import { RANK_WORDS } from './selection.ts';

export interface Picks {
  readonly chosen: ReadonlySet<string>;
  /** Chooses these, or lets them go. */
  readonly choose: (targets: readonly string[], isChosen: boolean) => void;
}

/** Services with a box each. */
export function PickList({ services, picks }: { services: readonly DiscoveredService[]; picks: Picks }) {
  return (
    <ul className="picks">
      {services.map((service) => (
        <Pick key={service.target} service={service} picks={picks} />
      ))}
    </ul>
  );
}

function Pick({ service, picks }: { service: DiscoveredService; picks: Picks }) {
  const { target, service_name: name, description, rank, rank_reason: reason } = service;
  const look = serviceLook(service);
  const about =
    description === '' || description === name || description === `${name}.service` ? '' : description;
  return (
    <li>
      <label className="pick" data-discovered={name}>
        <input
          type="checkbox"
          aria-label={name}
          checked={picks.chosen.has(target)}
          onChange={(event) => picks.choose([target], event.target.checked)}
        />
        <span className="pick-name">
          <span className="pick-title">
            <b>{name}</b>
            {reason.toLowerCase() !== RANK_WORDS[rank].toLowerCase() && (
              <span className="hint">{reason}</span>
            )}
          </span>
          {about !== '' && <span className="dim clip">{about}</span>}
        </span>
        <span className="pick-state small">
          <Glyph look={look} />
          <StatusWord look={look} />
        </span>
      </label>
    </li>
  );
}
