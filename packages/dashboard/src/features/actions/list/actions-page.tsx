import { type Action, ActionStatus } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useHistory, useOpenActions } from '../../../api/actions.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { actionLook } from '../../../api/vocabulary/action.ts';
import { useHasCursor } from '../../../lib/row-cursor.ts';
import { useStableOrder } from '../../../lib/stable-order.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { Head, Table } from '../../../ui/table.tsx';
import { ActionRow, WaitingRow } from './action-row.tsx';

const PAGE = 50;
const COLUMNS = [
  { word: 'Shape', isHidden: true },
  { word: 'State' },
  { word: 'Action' },
  { word: 'Asked, approved by', className: 'wide-col' },
  { word: 'Outcome', className: 'wide-col' },
  { word: 'When', className: 'num' },
];

const HISTORY: readonly ActionStatus[] = ActionStatus.options.filter((status) => status !== 'pending');
/** The filters, in the order in which they are looked for. */
const FILTERS: readonly ActionStatus[] = [
  'executing',
  'completed',
  'failed',
  'unknown',
  'refused',
  'rejected',
  'cancelled',
  'expired',
];

export interface ActionsSearch {
  readonly status?: ActionStatus | undefined;
  readonly page?: number | undefined;
}

/** Everything that was asked for: what waits for a decision first, then what became of the rest. */
export function ActionsPage({ status, page = 1 }: ActionsSearch) {
  const open = useOpenActions();
  const pending = (open.data ?? []).filter((action) => action.status === 'pending');
  const waiting = pending.toSorted((a, b) => a.action_id - b.action_id);
  const { rows, hold } = useStableOrder(
    waiting,
    (action) => String(action.action_id),
    useHasCursor('waiting '),
  );
  return (
    <>
      <title>Actions · HomelabCmd</title>
      <h1 className="h1">Actions</h1>
      <p className="lede">Nothing runs on a server that is not listed here.</p>
      <section aria-labelledby="waiting" className="mt-3" {...hold}>
        <div className="sec">
          <h2 id="waiting">Waiting for approval</h2>
          <span className="dimmer">{pending.length}</span>
        </div>
        {rows.length === 0 ? (
          <p className="dim border-t border-line py-3">Nothing waits for you.</p>
        ) : (
          <ol className="attn">
            {rows.map((action) => (
              <WaitingRow key={action.action_id} action={action} />
            ))}
          </ol>
        )}
      </section>
      <History status={status} page={page} />
    </>
  );
}

function History({ status, page }: { status: ActionStatus | undefined; page: number }) {
  const statuses = status === undefined ? HISTORY : [status];
  const history = useHistory(statuses, PAGE, (page - 1) * PAGE);
  const word = status === undefined ? 'no' : `no ${actionLook(status).word.toLowerCase()}`;
  return (
    <section aria-labelledby="history" className="mt-5">
      <div className="sec">
        <h2 id="history">History</h2>
        {history.data !== undefined && <span className="dimmer">{history.data.total}</span>}
        <div className="end">
          <Filters status={status} />
        </div>
      </div>
      {history.isPending && <RowSkeleton rows={5} label="Loading the history" />}
      {history.isError && history.data === undefined && (
        <PanelError
          title="Could not load the history"
          detail={detailOf(history.error)}
          requestId={requestIdOf(history.error)}
          onRetry={() => void history.refetch()}
        />
      )}
      {history.data?.actions.length === 0 && (
        <p className="dim border-t border-line py-3">There are {word} actions yet.</p>
      )}
      {history.data !== undefined && history.data.actions.length > 0 && (
        <>
          <Actions actions={history.data.actions} />
          <Pager status={status} page={page} total={history.data.total} />
        </>
      )}
    </section>
  );
}

function Actions({ actions }: { actions: readonly Action[] }) {
  return (
    <Table label="History of actions">
      <Head className="act-cols" columns={COLUMNS} />
      <tbody role="rowgroup">
        {actions.map((action) => (
          <ActionRow key={action.action_id} action={action} />
        ))}
      </tbody>
    </Table>
  );
}

function Filters({ status }: { status: ActionStatus | undefined }) {
  return (
    <nav className="chips" aria-label="Filter by state">
      <Link className="chip" to="/actions" search={{}} data-chosen={status === undefined}>
        All
      </Link>
      {FILTERS.map((each) => (
        <Link
          key={each}
          className="chip"
          to="/actions"
          search={{ status: each }}
          data-chosen={status === each}
        >
          {actionLook(each).word}
        </Link>
      ))}
    </nav>
  );
}

function Pager({ status, page, total }: { status: ActionStatus | undefined; page: number; total: number }) {
  const last = Math.ceil(total / PAGE);
  if (last <= 1) return null;
  const to = (wanted: number) => ({ status, page: wanted === 1 ? undefined : wanted });
  return (
    <nav className="pager" aria-label="Pages">
      <span>
        Page {page} of {last}
      </span>
      {page > 1 && (
        <Link className="btn" to="/actions" search={to(page - 1)}>
          Newer
        </Link>
      )}
      {page < last && (
        <Link className="btn" to="/actions" search={to(page + 1)}>
          Older
        </Link>
      )}
    </nav>
  );
}
