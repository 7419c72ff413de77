import { Link } from '@tanstack/react-router';
import type { ServiceChange } from '../../api/timeline/service-history.ts';
import { changeLook } from '../../api/timeline/change-look.ts';
import { dayClock, span } from '../../lib/time-words.ts';
import { Glyph, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Cell, Head, Row, Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';

const COLUMNS = [
  { word: 'Shape', isHidden: true },
  { word: 'What it was then' },
  { word: 'Why' },
  { word: 'When', className: 'num' },
] as const;

interface ChangesProps {
  readonly serverId: string;
  readonly serviceName: string;
  readonly changes: readonly ServiceChange[];
}

/** Each change of a service, newest first, with its reason. */
export function Changes({ serverId, serviceName, changes }: ChangesProps) {
  return (
    <Table label={`Changes of ${serviceName}`}>
      <Head className="change-cols" columns={COLUMNS} />
      <tbody role="rowgroup">
        {changes.map((change) => (
          <Change key={change.event_id} serverId={serverId} serviceName={serviceName} change={change} />
        ))}
      </tbody>
    </Table>
  );
}

type ChangeProps = Omit<ChangesProps, 'changes'> & { readonly change: ServiceChange };

function Change({ serverId, serviceName, change }: ChangeProps) {
  const { at, reason, why, action_id: actionId } = change;
  const look = changeLook(change);
  return (
    <Row className="change-cols" data-status={change.status}>
      <Cell>
        <Glyph look={look} />
      </Cell>
      <Cell>
        <StatusWord look={look} />
      </Cell>
      <Cell className="change-why">
        {reason}
        {why !== null && why.ran_for_ms !== null && (
          <span className="dim"> It had run for {span(why.ran_for_ms)}.</span>
        )}
        {actionId !== null && (
          <span className="dim">
            {' '}
            While{' '}
            <Link className="link" to="/actions/$actionId" params={{ actionId: String(actionId) }}>
              action #{actionId}
            </Link>{' '}
            was open.
          </span>
        )}
      </Cell>
      <Cell className="num change-at">
        <Link
          className="link"
          to="/servers/$serverId/timeline"
          params={{ serverId }}
          search={{ at, service: serviceName }}
          title="The time line around it"
        >
          <At at={at} of={dayClock} />
        </Link>
      </Cell>
    </Row>
  );
}
