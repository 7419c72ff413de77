import {
  type Action,
  type Server,
  type Service,
  type ServiceUsage,
  unitOfTarget,
} from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { Suspense, lazy, useMemo, useState } from 'react';
import { useOpenActions } from '../../api/actions.ts';
import { useMay } from '../../api/access/may.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useReading } from '../../api/servers.ts';
import { useServices } from '../../api/services.ts';
import { useHasCursor } from '../../lib/row-cursor.ts';
import { useStableOrder } from '../../lib/stable-order.ts';
import { part } from '../../lib/part.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { Head, Table } from '../../ui/table.tsx';
import { ADD_SERVICES_ID } from './focus-places.ts';
import { type ServiceCounts, countServices, inOrder, isInShortList } from './order.ts';
import { ServiceRow, type ServiceSlots } from './service-row.tsx';

const FirstServices = lazy(part(() => import('./add/first-services.tsx')));

const COLUMNS = [
  { word: 'State', isHidden: true },
  { word: 'Service' },
  { word: 'Status' },
  { word: 'PID', className: 'num wide-col' },
  { word: 'Memory', className: 'num' },
  { word: 'CPU', className: 'num wide-col' },
  { word: 'Since', className: 'wide-col' },
  { word: 'What can be done', isHidden: true },
];

/** The services of one server, what needs someone first. */
export function ServicesPanel({ server, slots }: { server: Server; slots: ServiceSlots }) {
  const services = useServices(server.server_id);
  if (services.isPending)
    return <RowSkeleton rows={6} label={`Loading the services of ${server.server_id}`} />;
  if (services.isError && services.data === undefined) {
    return (
      <PanelError
        title={`Could not load the services of ${server.server_id}`}
        detail={detailOf(services.error)}
        requestId={requestIdOf(services.error)}
        onRetry={() => void services.refetch()}
      />
    );
  }
  return <Services server={server} services={services.data} slots={slots} />;
}

function useOpenByTarget(serverId: string): ReadonlyMap<string, Action> {
  const actions = useOpenActions().data;
  return useMemo(() => {
    const ofServer = (actions ?? []).filter((action) => action.server_id === serverId);
    return new Map(ofServer.map((action) => [action.target, action]));
  }, [actions, serverId]);
}

/** The usage of each service, where the reading is newer than what is known of the service itself. */
function useUsage(server: Server): (service: Service) => ServiceUsage | undefined {
  const reading = useReading(server.server_id);
  const byUnit = useMemo(() => new Map(reading?.services.map((usage) => [usage.unit, usage])), [reading]);
  return (service) => {
    const isNewer = reading !== undefined && reading.at > (service.observed_at ?? '');
    return isNewer ? byUnit.get(unitOfTarget(service.target) ?? '') : undefined;
  };
}

interface ServicesProps {
  readonly server: Server;
  readonly services: readonly Service[];
  readonly slots: ServiceSlots;
}

function Services({ server, services, slots }: ServicesProps) {
  const openByTarget = useOpenByTarget(server.server_id);
  const usageOf = useUsage(server);
  const mayExpect = useMay('expectServices');
  const hasCursor = useHasCursor(`service ${server.server_id} `);
  const counts = countServices(services);
  const short = services.filter((service) => isInShortList(service, openByTarget));
  const [showsAll, setShowsAll] = useState(false);
  const wanted = inOrder(showsAll ? services : short, openByTarget);
  const { rows, hold } = useStableOrder(wanted, (service) => service.target, hasCursor);
  return (
    <section aria-labelledby="services" className="mt-4" {...hold}>
      <div className="sec">
        <h2 id="services">Services</h2>
        <Summary server={server} counts={counts} all={services.length} />
        <div className="end">
          {services.length > short.length && (
            <Range counts={counts} all={services.length} showsAll={showsAll} onChange={setShowsAll} />
          )}
          {mayExpect && <AddServices serverId={server.server_id} />}
        </div>
      </div>
      {counts.expected === 0 && mayExpect && (
        <Suspense>
          <FirstServices server={server} />
        </Suspense>
      )}
      {rows.length > 0 && (
        <Table label={`Services of ${server.server_id}`}>
          <Head className="svc-cols" columns={COLUMNS} />
          {rows.map((service) => (
            <ServiceRow
              key={service.target}
              service={service}
              usage={usageOf(service)}
              action={openByTarget.get(service.target)}
              slots={slots}
            />
          ))}
        </Table>
      )}
    </section>
  );
}

function AddServices({ serverId }: { serverId: string }) {
  return (
    <Link
      id={ADD_SERVICES_ID}
      className="btn"
      to="/servers/$serverId/services/add"
      params={{ serverId }}
      resetScroll={false}
    >
      <Icon name="plus" />
      Add services
    </Link>
  );
}

interface RangeProps {
  readonly counts: ServiceCounts;
  readonly all: number;
  readonly showsAll: boolean;
  readonly onChange: (showsAll: boolean) => void;
}

function Range({ counts, all, showsAll, onChange }: RangeProps) {
  return (
    <div className="seg" role="group" aria-label="Which services">
      <button type="button" aria-pressed={!showsAll} onClick={() => onChange(false)}>
        Expected {counts.expected}
      </button>
      <button type="button" aria-pressed={showsAll} onClick={() => onChange(true)}>
        All {all}
      </button>
    </div>
  );
}

interface SummaryProps {
  readonly server: Server;
  readonly counts: ServiceCounts;
  readonly all: number;
}

function Summary({ server, counts, all }: SummaryProps) {
  if (counts.expected === 0)
    return <span className="dim">{all === 0 ? '' : `${all} seen, none expected yet`}</span>;
  if (server.liveness !== 'online')
    return <span className="dim">{counts.expected} expected, state unknown</span>;
  return (
    <>
      <span className="dim">
        {counts.running} of {counts.expected} running
        {counts.paused > 0 && `, ${counts.paused} paused`}
      </span>
      {counts.down > 0 && <span className="bad strong">{counts.down} down</span>}
      {counts.silent > 0 && <span className="bad strong">{counts.silent} not answering</span>}
    </>
  );
}
