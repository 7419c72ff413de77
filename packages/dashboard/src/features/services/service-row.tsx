import { type Action, type Service, type ServiceUsage, isDown } from '@homelabcmd/protocol';
import { type ComponentType, memo, useState } from 'react';
import {
  isCrashLoop,
  notAllowedHint,
  notAllowedTitle,
  serviceName,
  shownStatus,
  statusLook,
} from '../../api/vocabulary/service.ts';
import { useCursorRow, useRowKey } from '../../lib/row-cursor.ts';
import { NO_READING, bytes, percent } from '../../lib/units.ts';
import { FixNotice } from '../../ui/fix-notice.tsx';
import { Glyph, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { Cell, Row } from '../../ui/table.tsx';
import { Age, Ago } from '../../ui/time.tsx';
import { RestartButton } from './restart-button.tsx';
import { ServiceMenu } from './service-menu.tsx';
import { WhyPanel } from './why-panel.tsx';

/** What other parts of the dashboard put into a service's row. */
export interface ServiceSlots {
  readonly Badge: ComponentType<{ action: Action }>;
  readonly Decision: ComponentType<{ action: Action; row: string }>;
}

interface ServiceRowProps {
  readonly service: Service;
  readonly usage: ServiceUsage | undefined;
  readonly action: Action | undefined;
  readonly slots: ServiceSlots;
}

const COLUMN_COUNT = 8;

const rowOf = (service: Service): string => `service ${service.server_id} ${service.target}`;

/** One service: its line, and below it why it stopped and what is decided. */
export const ServiceRow = memo(function ServiceRow({ service, usage, action, slots }: ServiceRowProps) {
  const key = rowOf(service);
  const { row } = useCursorRow(key);
  const status = shownStatus(service);
  const isFailed = status === 'failed' && service.expected;
  const [wanted, setWanted] = useState<boolean | null>(null);
  const hasWhy = service.why !== null && !service.stale && status !== 'running';
  const isOpen = hasWhy && (wanted ?? (isFailed || isCrashLoop(service)));
  const toggle = () => setWanted(!isOpen);
  useRowKey(key, 'Enter', hasWhy ? toggle : undefined);
  const isForbidden =
    isDown(status) && service.expected && !service.restartable.allowed && action === undefined;
  const more = action !== undefined || isOpen || isForbidden;
  return (
    <tbody
      role="rowgroup"
      {...row}
      className={`svc ${more ? 'has-more' : ''} ${isFailed ? 'is-open' : ''}`}
      data-service={service.service_name}
      data-status={status}
    >
      <Line
        service={service}
        usage={usage}
        action={action}
        slots={slots}
        row={key}
        why={hasWhy ? { isOpen, toggle } : null}
      />
      {more && (
        <tr role="row" className="more">
          <td role="cell" colSpan={COLUMN_COUNT}>
            {isOpen && service.why !== null && <WhyPanel service={service} why={service.why} />}
            {isForbidden && <Forbidden service={service} />}
            {action !== undefined && <slots.Decision action={action} row={key} />}
          </td>
        </tr>
      )}
    </tbody>
  );
});

function Forbidden({ service }: { service: Service }) {
  return (
    <div className="strip">
      <FixNotice
        title={notAllowedTitle(service.server_id)}
        detail={service.restartable.reason}
        command={service.restartable.fix_command}
        hint={notAllowedHint(service.server_id)}
      />
    </div>
  );
}

interface LineProps extends ServiceRowProps {
  readonly row: string;
  readonly why: { readonly isOpen: boolean; readonly toggle: () => void } | null;
}

function Line({ service, usage, action, slots, row, why }: LineProps) {
  const status = shownStatus(service);
  const look = statusLook(status);
  const isRunning = status === 'running';
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
          {why === null ? <b>{serviceName(service)}</b> : <Disclose name={serviceName(service)} {...why} />}
          {service.critical && <span className="badge">critical</span>}
          {service.stale && <span className="badge">stale</span>}
          {isCrashLoop(service) && <span className="badge is-bad">crash loop</span>}
          {action !== undefined && <slots.Badge action={action} />}
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

/** Since when; of a stale service, when it was last heard of. */
function Since({ service, isRunning }: { service: Service; isRunning: boolean }) {
  const at = service.stale ? service.observed_at : service.since;
  if (at === null) return NO_READING;
  return isRunning ? <Age at={at} /> : <Ago at={at} />;
}

function Disclose({ name, isOpen, toggle }: { name: string; isOpen: boolean; toggle: () => void }) {
  return (
    <button type="button" className="disclose" aria-expanded={isOpen} title="Why it stopped" onClick={toggle}>
      <b>{name}</b>
      <Icon name="right" />
    </button>
  );
}
