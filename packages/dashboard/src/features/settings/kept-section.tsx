import type { KeptKind, WhatIsKept } from '@homelabcmd/protocol';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useWhatIsKept } from '../../api/settings/kept.ts';
import { dayClock, span } from '../../lib/time-words.ts';
import { NO_READING, bytes } from '../../lib/units.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { Cell, Head, Row, Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';

/** What the hub keeps for how long, and where that is set. */
export function KeptSection() {
  const { data, error, isPending, refetch } = useWhatIsKept();
  if (data !== undefined) return <Kept {...data} />;
  if (isPending) return <RowSkeleton rows={8} label="Loading what is kept" />;
  return (
    <PanelError
      title="Could not load what is kept"
      detail={detailOf(error)}
      requestId={requestIdOf(error)}
      onRetry={() => void refetch()}
    />
  );
}

const WORDS: Readonly<Record<KeptKind, string>> = {
  readings_10s: 'Readings in steps of 10 s',
  readings_1min: 'Readings in steps of a minute',
  readings_10min: 'Readings in steps of 10 min',
  readings_1h: 'Readings in steps of an hour',
  availability: 'Availability of services by day',
  service_changes: 'Changes of services',
  marks: 'Marks of what happened',
  events: 'Events',
  actions: 'Actions',
  audit: 'The record of who did what',
};

const COLUMNS = [
  { word: 'What' },
  { word: 'Kept for' },
  { word: 'Oldest', className: 'table-col' },
  { word: 'Set by', className: 'table-col' },
] as const;

function Kept({ store, kinds }: WhatIsKept) {
  return (
    <>
      <p className="settings-lede">
        The store takes {bytes(store.size_bytes)}. What is older than this goes by itself, a little at a time.
        To keep it for longer or less long, set the variable where the hub is started, and start it again.
      </p>
      <Table label="What is kept">
        <Head className="kept-cols" columns={COLUMNS} />
        <tbody role="rowgroup">
          {kinds.map(({ kind, kept_ms, setting, oldest_at }) => (
            <Row key={kind} className="kept-cols" data-kept={kind}>
              <Cell>
                {WORDS[kind]}
                {setting !== null && (
                  <span className="phone-only mono small dim break-anywhere">{setting}</span>
                )}
              </Cell>
              <Cell>{kept_ms === null ? 'ever' : span(kept_ms)}</Cell>
              <Cell className="dim table-col">
                {oldest_at === null ? NO_READING : <At at={oldest_at} of={dayClock} />}
              </Cell>
              <Cell className="mono small dim table-col break-anywhere">{setting ?? NO_READING}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </>
  );
}
