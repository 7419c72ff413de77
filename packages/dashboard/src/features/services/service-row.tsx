import { type Action, type Service, type ServiceUsage, isDown } from '@homelabcmd/protocol';
import { type ComponentType, memo, useState } from 'react';
import { automationWords } from '../../api/vocabulary/policy.ts';
import {
  isCrashLoop,
  isSilent,
  notAllowedHint,
  notAllowedTitle,
  shownFinding,
  shownStatus,
} from '../../api/vocabulary/service.ts';
import { useCursorRow, useRowKey } from '../../lib/row-cursor.ts';
import { FixNotice } from '../../ui/fix-notice.tsx';
import { DetailsPanel } from './details/details-panel.tsx';
import { ServiceLine } from './service-line.tsx';
import { HistoryLinks } from './details/history-links.tsx';
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

/** One service: its line, and below it what is known of it and what is decided. */
export const ServiceRow = memo(function ServiceRow({ service, usage, action, slots }: ServiceRowProps) {
  const key = rowOf(service);
  const { row } = useCursorRow(key);
  const status = shownStatus(service);
  const isWatched = service.expected && service.enabled;
  const finding = shownFinding(service);
  const hasFailed = status === 'failed' && finding !== 'stopped_on_purpose';
  const isBad = isWatched && (hasFailed || isSilent(service));
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? (isBad || (isWatched && isCrashLoop(service)));
  const toggle = () => setWanted(!isOpen);
  useRowKey(key, 'Enter', toggle);
  const isForbidden = isDown(status) && isWatched && !service.restartable.allowed && action === undefined;
  const automation = automationWords(service);
  const more = action !== undefined || isOpen || isForbidden || automation !== null;
  return (
    <tbody
      role="rowgroup"
      {...row}
      className={`svc ${more ? 'has-more' : ''} ${isBad ? 'is-open' : ''}`}
      data-service={service.service_name}
      data-status={isSilent(service) ? 'not_answering' : status}
      data-finding={finding}
    >
      <ServiceLine
        service={service}
        usage={usage}
        action={action}
        Badge={slots.Badge}
        row={key}
        isOpen={isOpen}
        onToggle={toggle}
      />
      {more && (
        <tr role="row" className="more">
          <td role="cell" colSpan={COLUMN_COUNT}>
            {isOpen && <Open service={service} usage={usage} />}
            {automation !== null && <p className="note">{automation}</p>}
            {isForbidden && <Forbidden service={service} />}
            {action !== undefined && <slots.Decision action={action} row={key} />}
          </td>
        </tr>
      )}
    </tbody>
  );
});

/** Why it stopped, where it stopped; otherwise how it is. */
function Open({ service, usage }: { service: Service; usage: ServiceUsage | undefined }) {
  if (service.why !== null && !service.stale && service.status !== 'running')
    return (
      <WhyPanel
        service={service}
        why={service.why}
        links={<HistoryLinks service={service} at={service.why.stopped_at} />}
      />
    );
  return <DetailsPanel service={service} usage={usage} />;
}

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
