import type { Server } from '@homelabcmd/protocol';
import { type ComponentType, Suspense, lazy } from 'react';
import { useOpenActions } from '../../api/actions.ts';
import { useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { useFleetDay } from '../../api/fleet/day.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useServers } from '../../api/servers.ts';
import { useExpected } from '../../api/services.ts';
import { useTicking } from '../../lib/hub-clock.ts';
import { dateLine } from '../../lib/time-words.ts';
import { part } from '../../lib/part.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { AutomationNote } from './automation-note.tsx';
import { FirstRun } from './first-run.tsx';
import { type Need, toneOf } from './needs-you.ts';
import { sentenceOf } from './sentence.ts';
import type { FleetSearch } from './servers/search.ts';
import { ServersPanel } from './servers/servers-panel.tsx';
import { useNeeds } from './use-needs.ts';

/** A quiet day has no ruler, so that the first page does not wait for it. */
const DayRuler = lazy(part(() => import('./day/day-ruler.tsx')));

interface FleetPageProps {
  /** Draws what needs someone; it is fetched when something does. */
  readonly Needs: ComponentType<{ needs: readonly Need[] }>;
  readonly search: FleetSearch;
}

/** The page that answers in its first line: is everything well, and if not, what needs someone. */
export function FleetPage({ Needs, search }: FleetPageProps) {
  const servers = useServers();
  if (servers.isPending) return <LoadingFleet />;
  if (servers.data === undefined) {
    return (
      <div className="pt-8">
        <title>Fleet · HomelabCmd</title>
        <PanelError
          title="Could not load the fleet"
          detail={detailOf(servers.error)}
          requestId={requestIdOf(servers.error)}
          onRetry={() => void servers.refetch()}
        />
      </div>
    );
  }
  return <Fleet servers={servers.data} Needs={Needs} search={search} />;
}

/** The last 24 hours, where anything happened. */
function Day() {
  const marks = useFleetDay().data?.marks ?? [];
  if (marks.length === 0) return null;
  return (
    <Suspense>
      <DayRuler marks={marks} />
    </Suspense>
  );
}

function LoadingFleet() {
  return (
    <>
      <title>Fleet · HomelabCmd</title>
      <div className="hero late" aria-hidden="true">
        <p className="when">
          <span className="skel mt-1 w-40" />
        </p>
        <p className="sentence flex items-center">
          <span className="skel h-6 w-[min(36rem,90%)]" />
        </p>
      </div>
      <div className="sec" />
      <RowSkeleton rows={6} label="Loading the fleet" />
    </>
  );
}

function Fleet({ servers, Needs, search }: FleetPageProps & { servers: readonly Server[] }) {
  const { needs, healthy, isKnown } = useNeeds();
  if (servers.length === 0) return <FirstRun />;
  return (
    <>
      <title>{titleOf(needs)}</title>
      <section className="hero">
        <DateLine />
        <Sentence healthy={healthy} servers={servers.length} needs={needs} isKnown={isKnown} />
        <AutomationNote />
        <Day />
      </section>
      <MissingParts />
      {needs.length > 0 && (
        <Suspense fallback={<RowSkeleton rows={needs.length} label="Loading what needs you" />}>
          <Needs needs={needs} />
        </Suspense>
      )}
      <ServersPanel servers={servers} needs={needs} search={search} />
    </>
  );
}

const titleOf = (needs: readonly Need[]): string =>
  needs.length === 0 ? 'Fleet · HomelabCmd' : `(${needs.length}) Fleet · HomelabCmd`;

function DateLine() {
  return <p className="when">{useTicking(dateLine)}</p>;
}

const TONES = { bad: 'bad', warn: 'warn', well: 'acc', none: 'dim' } as const;

interface SentenceProps {
  readonly healthy: number;
  readonly servers: number;
  readonly needs: readonly Need[];
  readonly isKnown: boolean;
}

function Sentence({ healthy, servers, needs, isKnown }: SentenceProps) {
  const sentence = sentenceOf(healthy, servers, needs);
  const tone = needs.length === 0 ? 'none' : toneOf(needs);
  return (
    <h1 className="sentence">
      {sentence.state} {isKnown && <span className={TONES[tone]}>{sentence.need}</span>}
    </h1>
  );
}

/** What the sentence rests on and could not be read: without it nothing is called well. */
function MissingParts() {
  const expected = useExpected();
  const openActions = useOpenActions();
  const openAlerts = useOpenAlerts();
  const parts = [
    { title: 'Could not load the services that should run', query: expected },
    { title: 'Could not load the open actions', query: openActions },
    { title: 'Could not load the alerts', query: openAlerts },
  ];
  return parts
    .filter(({ query }) => query.isError && query.data === undefined)
    .map(({ title, query }) => (
      <PanelError
        key={title}
        title={title}
        detail={detailOf(query.error)}
        requestId={requestIdOf(query.error)}
        onRetry={() => void query.refetch()}
      />
    ));
}
