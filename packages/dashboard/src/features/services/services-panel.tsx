import {
  type Action,
  type Server,
  type Service,
  type ServiceUsage,
  unitOfTarget,
} from '@homelabcmd/protocol';
import { useMemo, useState } from 'react';
import { useOpenActions } from '../../api/actions.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useReading } from '../../api/servers.ts';
import { useServices } from '../../api/services.ts';
import { useHasCursor } from '../../lib/row-cursor.ts';
import { useStableOrder } from '../../lib/stable-order.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { Head, Table } from '../../ui/table.tsx';
import { countServices, inOrder, isInShortList } from './order.ts';
import { ServiceRow, type ServiceSlots } from './service-row.tsx';

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
  const hasCursor = useHasCursor(`service ${server.server_id} `);
  const counts = countServices(services);
  const short = services.filter((service) => isInShortList(service, openByTarget));
  const [wantsAll, setWantsAll] = useState<boolean | null>(null);
  const showsAll = wantsAll ?? counts.expected === 0;
  const wanted = inOrder(showsAll ? services : short, openByTarget);
  const { rows, hold } = useStableOrder(wanted, (service) => service.target, hasCursor);
  return (
    <section aria-labelledby="services" className="mt-4" {...hold}>
      <div className="sec">
        <h2 id="services">Services</h2>
        <Summary server={server} counts={counts} all={services.length} />
        {counts.expected > 0 && services.length > short.length && (
          <div className="end">
            <div className="seg" role="group" aria-label="Which services">
              <button type="button" aria-pressed={!showsAll} onClick={() => setWantsAll(false)}>
                Expected {counts.expected}
              </button>
              <button type="button" aria-pressed={showsAll} onClick={() => setWantsAll(true)}>
                All {services.length}
              </button>
            </div>
          </div>
        )}
      </div>
      {services.length === 0 ? (
        <p className="dim border-t border-line py-3">{server.server_id} has not reported a service yet.</p>
      ) : (
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

interface SummaryProps {
  readonly server: Server;
  readonly counts: ReturnType<typeof countServices>;
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
      </span>
      {counts.down > 0 && <span className="bad strong">{counts.down} down</span>}
    </>
  );
}
