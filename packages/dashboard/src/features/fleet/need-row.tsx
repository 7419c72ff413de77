import {
  type Action,
  type Alert,
  type Finding,
  type Service,
  findingOf,
  isNotAnswering,
} from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ComponentType, memo, type ReactNode } from 'react';
import { notAllowedTitle, serviceLook, serviceName } from '../../api/vocabulary/service.ts';
import { actionLook, causeOf } from '../../api/vocabulary/action.ts';
import { askOf, doubtOf } from '../../api/vocabulary/kind.ts';
import { serverName } from '../../api/vocabulary/server.ts';
import { useCursorRow, useRowKey } from '../../lib/row-cursor.ts';
import { Glyph, type Look } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { type Need, isBroken, sinceOfTrouble } from './needs-you.ts';

/** What other parts of the dashboard put into the rows. */
export interface FleetSlots {
  readonly Restart: ComponentType<{ service: Service; row: string }>;
  readonly Decision: ComponentType<{ action: Action; row: string }>;
}

/** One thing that needs a person, with the decision in place. */
export const NeedRow = memo(function NeedRow({ need, slots }: { need: Need; slots: FleetSlots }) {
  switch (need.kind) {
    case 'service':
      return <ServiceNeed service={need.service} action={need.action} rowKey={need.key} slots={slots} />;
    case 'action':
      return <ActionNeed action={need.action} rowKey={need.key} slots={slots} />;
    case 'alert':
      return <AlertNeed alert={need.alert} rowKey={need.key} />;
    case 'server': {
      const { server } = need;
      return (
        <NeedItem
          rowKey={need.key}
          look={{ shape: 'ringSlash', tone: 'bad' }}
          what={<span className="bad">{serverName(server)} is offline</span>}
          why={
            <>
              {server.last_seen_at !== null && (
                <>
                  Last heard <Ago at={server.last_seen_at} />.{' '}
                </>
              )}
              Look for power or network.
            </>
          }
          open={{ to: '/servers/$serverId', params: { serverId: server.server_id } }}
        />
      );
    }
  }
});

interface ServiceNeedProps {
  readonly service: Service;
  readonly action: Action | undefined;
  readonly rowKey: string;
  readonly slots: FleetSlots;
}

function ServiceNeed({ service, action, rowKey, slots }: ServiceNeedProps) {
  const isBad = isBroken(service);
  const look = lookOf(service);
  return (
    <NeedItem
      rowKey={rowKey}
      look={look}
      isBad={isBad}
      what={
        <>
          <span className={isBad ? 'bad' : ''}>
            {serviceName(service)} {look.verb}
          </span>{' '}
          on {service.server_id}
        </>
      }
      why={<Why service={service} />}
      open={{ to: '/servers/$serverId', params: { serverId: service.server_id } }}
      data={{ 'data-service': service.service_name, 'data-status': service.status }}
      end={action === undefined && <slots.Restart service={service} row={rowKey} />}
    >
      {action !== undefined && <slots.Decision action={action} row={rowKey} />}
    </NeedItem>
  );
}

/** What is told of a service after its name; of the others, that it is what its status says. */
const VERBS: Partial<Record<Finding, string>> = {
  failed: 'failed',
  not_found: 'was not found',
  crash_loop: 'is in a crash loop',
  not_answering: 'does not answer',
  out_of_memory: 'ran out of memory',
  cannot_start: 'cannot start',
  gave_up: 'failed too often',
  exited: 'ended by itself',
  not_started_at_boot: 'was not started',
  dependency_failed: 'lacks what it needs',
  not_listening: 'does not listen',
};

/** How its trouble is drawn, and told after its name. */
function lookOf(service: Service): Pick<Look, 'shape' | 'tone' | 'isTurning'> & { readonly verb: string } {
  const finding = findingOf(service);
  const look = serviceLook(service);
  const drawn = finding === 'crash_loop' ? ({ shape: 'diamond', tone: 'bad' } as const) : look;
  return { ...drawn, verb: VERBS[finding] ?? `is ${look.word.toLowerCase()}` };
}

function reasonOf(service: Service): string | undefined {
  if (isNotAnswering(service))
    return `systemd says that it runs. ${service.probe_report?.detail ?? 'It gave no good answer.'}`;
  return service.why === null && service.circumstances === undefined
    ? 'systemd does not say why.'
    : service.says;
}

function Why({ service }: { service: Service }) {
  if (service.status === 'not_found') return 'systemd there knows no service of this name.';
  const since = sinceOfTrouble(service);
  return (
    <>
      {reasonOf(service)}{' '}
      {since !== null && (
        <>
          That was <Ago at={since} />.
        </>
      )}{' '}
      {!service.restartable.allowed && service.open_action_id === null && notAllowedTitle(service.server_id)}
    </>
  );
}

function ActionNeed({ action, rowKey, slots }: { action: Action; rowKey: string; slots: FleetSlots }) {
  const isUnknown = action.status === 'unknown';
  return (
    <NeedItem
      rowKey={rowKey}
      look={actionLook(action.status)}
      what={isUnknown ? `${doubtOf(action)} on ${action.server_id}` : `${askOf(action)}?`}
      why={isUnknown ? `${action.result?.detail ?? ''} Look before you try again.` : causeOf(action)}
      open={{ to: '/actions/$actionId', params: { actionId: String(action.action_id) } }}
      hasOpenLink={isUnknown}
    >
      {!isUnknown && <slots.Decision action={action} row={rowKey} />}
    </NeedItem>
  );
}

const ALERT_LOOKS = {
  critical: { shape: 'diamond', tone: 'bad' },
  warning: { shape: 'triangle', tone: 'warn' },
  info: { shape: 'ringInfo', tone: 'mute' },
} as const;

function AlertNeed({ alert, rowKey }: { alert: Alert; rowKey: string }) {
  return (
    <NeedItem
      rowKey={rowKey}
      look={ALERT_LOOKS[alert.severity]}
      isBad={alert.severity === 'critical'}
      what={alert.title}
      why={
        <>
          {alert.detail} Since <Ago at={alert.since} />.
        </>
      }
      open={{ to: '/alerts/$alertId', params: { alertId: String(alert.alert_id) } }}
    />
  );
}

interface NeedItemProps {
  readonly rowKey: string;
  readonly look: Pick<Look, 'shape' | 'tone' | 'isTurning'>;
  readonly isBad?: boolean;
  readonly what: ReactNode;
  readonly why: ReactNode;
  /** Where the row leads. */
  readonly open:
    | { readonly to: '/servers/$serverId'; readonly params: { readonly serverId: string } }
    | { readonly to: '/actions/$actionId'; readonly params: { readonly actionId: string } }
    | { readonly to: '/alerts/$alertId'; readonly params: { readonly alertId: string } };
  readonly hasOpenLink?: boolean;
  readonly data?: Record<`data-${string}`, string>;
  readonly end?: ReactNode;
  readonly children?: ReactNode;
}

function NeedItem(props: NeedItemProps) {
  const { rowKey, look, isBad = false, what, why, open, hasOpenLink = true, data, end, children } = props;
  const { row } = useCursorRow(rowKey);
  const navigate = useNavigate();
  useRowKey(rowKey, 'Enter', () => void navigate(open));
  return (
    <li className={isBad ? 'is-bad' : ''} tabIndex={-1} {...row} {...data}>
      <div className="attn-head">
        <Glyph look={look} />
        <div>
          <p className="what">{what}</p>
          <p className="why">{why}</p>
        </div>
        <div className="row-actions">
          {end}
          {hasOpenLink && (
            <Link className="btn btn-plain wide-only" {...open}>
              Open
              <Icon name="right" />
            </Link>
          )}
        </div>
      </div>
      {children}
    </li>
  );
}
