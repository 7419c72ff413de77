import type { Verification } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { useStartVerification, useVerification } from '../../../api/audit/verification.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph, type Look } from '../../../ui/glyphs/glyph.tsx';
import { Meter } from '../../../ui/meter.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { Ago } from '../../../ui/time.tsx';
import { Witnesses } from './witnesses.tsx';

type Checked = NonNullable<Verification['last']>;

/** Whether the record is as the hub wrote it, as far as anybody has looked, and the way to look now. */
export function ChainState() {
  const { data, isError, error, refetch } = useVerification();
  const start = useStartVerification();
  if (data === undefined) {
    return isError ? (
      <PanelError
        title="Could not ask whether the chain holds"
        detail={detailOf(error)}
        requestId={requestIdOf(error)}
        onRetry={() => void refetch()}
      />
    ) : (
      <div className="chain is-loading" aria-hidden="true" />
    );
  }
  const { running, last, failed } = data;
  const isBad =
    last !== null && running === null && (!last.holds || last.witnesses.some((each) => !each.agrees));
  return (
    <section className={`chain ${isBad ? 'is-bad' : ''}`} aria-label="Whether the chain holds">
      <div className="chain-line">
        <Words state={data} />
        <Button
          onClick={() => start.mutate()}
          isBusy={running !== null || start.isPending}
          busyWord="Checking"
        >
          Check now
        </Button>
      </div>
      {start.isError && <p className="note">It could not be begun: {detailOf(start.error)}</p>}
      {failed !== null && running === null && <p className="note">{failed.detail}</p>}
      {last !== null && running === null && (
        <>
          <Faults checked={last} />
          <Witnesses witnesses={last.witnesses} />
        </>
      )}
    </section>
  );
}

function Words({ state: { running, last } }: { state: Verification }) {
  if (running !== null) {
    const { checked, total } = running;
    return (
      <Line look={{ shape: 'half', tone: 'acc', isTurning: true }} title="Checking the chain">
        {count(checked)} of {count(total)} entries{' '}
        <Meter value={total === 0 ? 100 : (checked / total) * 100} />
      </Line>
    );
  }
  if (last === null)
    return (
      <Line look={{ shape: 'ringDashedQuery', tone: 'mute' }} title="The chain has not been checked yet">
        the hub was started since
      </Line>
    );
  if (!last.holds)
    return (
      <Line look={{ shape: 'diamond', tone: 'bad' }} title="The chain does not hold">
        {count(last.entries)} entries, <When checked={last} />
      </Line>
    );
  if (last.witnesses.some(({ agrees }) => !agrees))
    return (
      <Line
        look={{ shape: 'diamond', tone: 'bad' }}
        title="The chain is not the one that the agents were shown"
      >
        {count(last.entries)} entries, <When checked={last} />
      </Line>
    );
  return (
    <Line look={{ shape: 'discTick', tone: 'ok' }} title="The chain holds">
      {count(last.entries)} {last.entries === 1 ? 'entry' : 'entries'}, <When checked={last} />
    </Line>
  );
}

const When = ({ checked: { checked_at } }: { checked: Checked }) => (
  <>
    checked <Ago at={checked_at} />
  </>
);

interface LineProps {
  readonly look: Pick<Look, 'shape' | 'tone' | 'isTurning'>;
  readonly title: string;
  readonly children: ReactNode;
}

function Line({ look, title, children }: LineProps) {
  return (
    <p className="chain-words" role="status">
      <Glyph look={look} />
      <span>
        <b>{title}</b>
        <span className="dim">: {children}</span>
      </span>
    </p>
  );
}

/** The first places in which it is broken, each with the way to the entry. */
function Faults({ checked: { faults, fault_count } }: { checked: Checked }) {
  if (faults.length === 0) return null;
  return (
    <>
      <ul className="chain-faults">
        {faults.map(({ entry, sentence }) => (
          <li key={`${entry} ${sentence}`}>{sentence}</li>
        ))}
        {fault_count > faults.length && <li>And {count(fault_count - faults.length)} more.</li>}
      </ul>
      <p className="note">
        Somebody has written to the store beside the hub. Compare it with a copy of before;{' '}
        <code className="mono">homelabcmd audit verify --against-agents</code> says the same without this
        page.
      </p>
    </>
  );
}

const NUMBER = new Intl.NumberFormat('en');
const count = (n: number): string => NUMBER.format(n);
