import type { AuditEntry } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { memo, useId, useState } from 'react';
import { auditWords, subjectOf, whoWords } from '../../../api/vocabulary/audit.ts';
import { useCursorRow, useRowKey } from '../../../lib/row-cursor.ts';
import { absolute, dayClock } from '../../../lib/time-words.ts';
import { Status } from '../../../ui/glyphs/glyph.tsx';
import { Cell, Row } from '../../../ui/table.tsx';
import { AuditDetails } from './audit-details.tsx';

/** How the keys of these rows begin. */
export const AUDIT_ROW = 'entry ';

const COLUMN_COUNT = 6;

/** One entry: its line, and below it, when it is opened, all that is written in it. */
export const AuditRow = memo(function AuditRow({ entry }: { entry: AuditEntry }) {
  const key = `${AUDIT_ROW}${entry.entry}`;
  const { row } = useCursorRow(key);
  // One that does not hold is what somebody who reads this has to see.
  const [isOpen, setOpen] = useState(!entry.intact);
  const toggle = () => setOpen(!isOpen);
  useRowKey(key, 'Enter', toggle);
  const details = useId();
  return (
    <tbody
      role="rowgroup"
      {...row}
      className={`aud ${entry.intact ? '' : 'is-bad'}`}
      data-entry={entry.entry}
    >
      <AuditLine entry={entry} isOpen={isOpen} onToggle={toggle} details={details} />
      {isOpen && (
        <tr role="row" className="more">
          <td role="cell" colSpan={COLUMN_COUNT} id={details}>
            <AuditDetails entry={entry} />
          </td>
        </tr>
      )}
    </tbody>
  );
});

interface AuditLineProps {
  readonly entry: AuditEntry;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly details: string;
}

function AuditLine({ entry, isOpen, onToggle, details }: AuditLineProps) {
  const { what, more } = auditWords(entry);
  const isMoment = !Number.isNaN(Date.parse(entry.at));
  return (
    <Row className="aud-cols is-link">
      <Cell className="dim num-left aud-when" title={isMoment ? absolute(entry.at) : undefined}>
        {isMoment ? <time dateTime={entry.at}>{dayClock(entry.at)}</time> : entry.at}
      </Cell>
      <Cell className="clip aud-who">{whoWords(entry.actor)}</Cell>
      <Cell className="aud-what">
        {!entry.intact && <Status look={{ shape: 'diamond', tone: 'bad', word: 'Does not hold.' }} />}
        <button
          type="button"
          className="row-link"
          aria-expanded={isOpen}
          aria-controls={isOpen ? details : undefined}
          onClick={onToggle}
        >
          {what}
        </button>
        {more !== null && <span className="dim clip">{more}</span>}
      </Cell>
      <Cell className="dim clip aud-on">{subjectOf(entry)}</Cell>
      <Cell className="dim clip wide-col aud-from">{entry.from_address}</Cell>
      <Cell className="num aud-action">
        {entry.action_id !== null && (
          <Link className="mono" to="/actions/$actionId" params={{ actionId: String(entry.action_id) }}>
            #{entry.action_id}
          </Link>
        )}
      </Cell>
    </Row>
  );
}
