import type { Action, Service, ServiceUsage } from '@homelabcmd/protocol';
import type { ComponentType } from 'react';
import { isCrashLoop, serviceLook, serviceName, shownStatus } from '../../api/vocabulary/service.ts';
import { NO_READING, bytes, percent } from '../../lib/units.ts';
import { Glyph, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { Cell, Row } from '../../ui/table.tsx';
import { Age, Ago } from '../../ui/time.tsx';
import { RestartButton } from './restart-button.tsx';
import { ServiceMenu } from './service-menu.tsx';

interface LineProps {
  readonly service: Service;
  readonly usage: ServiceUsage | undefined;
  readonly action: Action | undefined;
  readonly Badge: ComponentType<{ action: Action }>;
  readonly row: string;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** The one line of a service in the table. */
export function ServiceLine({ service, usage, action, Badge, row, isOpen, onToggle }: LineProps) {
  const look = serviceLook(service);
  const isRunning = shownStatus(service) === 'running';
  const pid = isRunning ? service.pid : null;
  const memory = isRunning ? (usage?.memory_bytes ?? service.memory_bytes) : null;
  const cpu = isRunning ? (usage?.cpu_percent ?? service.cpu_percent) : null;
  return (
    <Row className="svc-cols">
      <Cell>
        <Glyph look={look} />
      </Cell>
      <Cell>
        <span className="name">
          <button
            type="button"
            className="disclose"
            aria-expanded={isOpen}
            title={isOpen ? 'Hide the details' : 'Show the details'}
            onClick={onToggle}
          >
            <b>{serviceName(service)}</b>
            <Icon name="right" />
          </button>
          {service.display_name !== null && <span className="dimmer small">{service.service_name}</span>}
          <Badges service={service} />
          {action !== undefined && <Badge action={action} />}
        </span>
      </Cell>
      <Cell className="svc-status">
        <StatusWord look={look} />
        <span className="phone-only dim small">
          {' '}
          · <Since service={service} isRunning={isRunning} />
          {memory !== null && ` · ${bytes(memory)}`}
        </span>
      </Cell>
      <Cell className="num mono small dim wide-col table-col">{pid ?? NO_READING}</Cell>
      <Cell className="num reading table-col">{bytes(memory)}</Cell>
      <Cell className="num reading wide-col table-col">{percent(cpu)}</Cell>
      <Cell className="dim wide-col table-col">
        <Since service={service} isRunning={isRunning} />
      </Cell>
      <Cell className="row-actions">
        {action === undefined && <RestartButton service={service} row={row} />}
        <ServiceMenu service={service} canRestart={action === undefined} />
      </Cell>
    </Row>
  );
}

function Badges({ service }: { service: Service }) {
  const isAsked = service.enabled && !service.stale && service.probe !== null;
  const verdict = isAsked ? service.probe_report?.verdict : undefined;
  return (
    <>
      {service.critical && <span className="badge">critical</span>}
      {service.expected && !service.enabled && <span className="badge">paused</span>}
      {service.stale && <span className="badge">stale</span>}
      {isCrashLoop(service) && <span className="badge is-bad">crash loop</span>}
      {verdict === 'waiting' && service.status === 'running' && <span className="badge">probe waiting</span>}
      {verdict === 'not_allowed' && <span className="badge is-warn">probe not allowed</span>}
    </>
  );
}

/** Since when; of a stale service, when it was last heard of. */
function Since({ service, isRunning }: { service: Service; isRunning: boolean }) {
  const at = service.stale ? service.observed_at : service.since;
  if (at === null) return NO_READING;
  return isRunning ? <Age at={at} /> : <Ago at={at} />;
}
