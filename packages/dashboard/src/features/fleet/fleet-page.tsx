import type { Server } from '@homelabcmd/protocol';
import { useState } from 'react';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useServers } from '../../api/servers.ts';
import { useExpected } from '../../api/services.ts';
import { useTicking } from '../../lib/hub-clock.ts';
import { useHasCursor } from '../../lib/row-cursor.ts';
import { useStableOrder } from '../../lib/stable-order.ts';
import { dateLine } from '../../lib/time-words.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { Head, Table } from '../../ui/table.tsx';
import { groupByServer } from './counts.ts';
import { type FleetSlots, NeedRow } from './need-row.tsx';
import { type Need, toneOf } from './needs-you.ts';
import { sentenceOf } from './sentence.ts';
import { ServerRow } from './server-row.tsx';
import { useNeeds } from './use-needs.ts';

const COLUMNS = [
  { word: 'State', isHidden: true },
  { word: 'Server' },
  { word: 'Up', className: 'wide-col' },
  { word: 'CPU', className: 'num' },
  { word: 'RAM', className: 'num' },
  { word: 'Disk', className: 'num' },
  { word: 'Services' },
  { word: 'Last seen' },
];

/** The page that answers in its first line: is everything well, and if not, what needs someone. */
export function FleetPage({ slots }: { slots: FleetSlots }) {
  const servers = useServers();
  if (servers.isPending) {
    return (
      <div className="pt-32">
        <title>Fleet · HomelabCmd</title>
        <RowSkeleton rows={6} label="Loading the fleet" />
      </div>
    );
  }
  if (servers.data === undefined) {
    return (
      <div className="pt-8">
        <PanelError
          title="Could not load the fleet"
          detail={detailOf(servers.error)}
          requestId={requestIdOf(servers.error)}
          onRetry={() => void servers.refetch()}
        />
      </div>
    );
  }
  return <Fleet servers={servers.data} slots={slots} />;
}

function Fleet({ servers, slots }: { servers: readonly Server[]; slots: FleetSlots }) {
  const { needs, healthy, isKnown } = useNeeds();
  const today = useTicking(dateLine);
  const sentence = sentenceOf(healthy, servers.length, needs);
  const tone = toneOf(needs);
  return (
    <>
      <title>Fleet · HomelabCmd</title>
      <section className="hero">
        <p className="when">{today}</p>
        {servers.length === 0 ? (
          <h1 className="sentence">No servers yet.</h1>
        ) : (
          <h1 className="sentence">
            {sentence.state}{' '}
            {isKnown && <span className={TONES[needs.length === 0 ? 'none' : tone]}>{sentence.need}</span>}
          </h1>
        )}
      </section>
      {needs.length > 0 && <NeedsYou needs={needs} slots={slots} />}
      {servers.length === 0 ? <NoServers /> : <Servers servers={servers} />}
    </>
  );
}

const TONES = { bad: 'bad', warn: 'warn', well: 'acc', none: 'dim' } as const;

function NeedsYou({ needs, slots }: { needs: readonly Need[]; slots: FleetSlots }) {
  const { rows, hold } = useStableOrder(needs, (need) => need.key, useHasCursor('need '));
  return (
    <section aria-labelledby="needs-you" className="mb-5" {...hold}>
      <div className="sec">
        <h2 id="needs-you">Needs you</h2>
        <span className="dimmer">{needs.length}</span>
      </div>
      <ol className="attn">
        {rows.map((need) => (
          <NeedRow key={need.key} need={need} slots={slots} />
        ))}
      </ol>
    </section>
  );
}

function Servers({ servers }: { servers: readonly Server[] }) {
  const expected = useExpected().data;
  const [groups, setGroups] = useState<ReturnType<typeof groupByServer>>(new Map());
  const newest = groupByServer(expected ?? [], groups);
  if (newest !== groups) setGroups(newest);
  return (
    <section aria-labelledby="servers">
      <div className="sec">
        <h2 id="servers">Servers</h2>
        <span className="dimmer">{servers.length}</span>
      </div>
      <Table label="Servers">
        <Head className="fleet-cols" columns={COLUMNS} />
        <tbody role="rowgroup">
          {servers.map((server) => (
            <ServerRow
              key={server.server_id}
              server={server}
              expected={expected === undefined ? undefined : (newest.get(server.server_id) ?? NONE)}
            />
          ))}
        </tbody>
      </Table>
    </section>
  );
}

const NONE: never[] = [];

function NoServers() {
  return (
    <div className="empty">
      <h2>Add your first server</h2>
      <p className="dim mt-1.5">
        Install the HomelabCmd agent on it. It connects to this hub with a one-time token, appears here within
        a few seconds, and only reports until you allow more.
      </p>
      <p className="st is-acc mt-3.5 text-note">
        <Glyph look={{ shape: 'half', tone: 'acc', isTurning: true }} />
        Waiting for the first agent
      </p>
    </div>
  );
}
