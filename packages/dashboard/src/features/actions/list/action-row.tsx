import type { Action } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { actionLook, causeOf, outcomeOf, progressOf } from '../../../api/vocabulary/action.ts';
import { askOf, kindWords } from '../../../api/vocabulary/kind.ts';
import { useTicking } from '../../../lib/hub-clock.ts';
import { useCursorRow, useRowKey } from '../../../lib/row-cursor.ts';
import { absolute, dayClock } from '../../../lib/time-words.ts';
import { Glyph, StatusWord } from '../../../ui/glyphs/glyph.tsx';
import { Cell, Row } from '../../../ui/table.tsx';
import { Ago } from '../../../ui/time.tsx';
import { DecisionStrip } from '../decide/decision-strip.tsx';

function useOpenOnEnter(row: string, actionId: number): void {
  const navigate = useNavigate();
  const params = { actionId: String(actionId) };
  useRowKey(row, 'Enter', () => void navigate({ to: '/actions/$actionId', params }));
}

/** An action that waits for a decision, with the decision in place. */
export const WaitingRow = memo(function WaitingRow({ action, row: key }: { action: Action; row: string }) {
  const { row } = useCursorRow(key);
  useOpenOnEnter(key, action.action_id);
  return (
    <li {...row} tabIndex={-1}>
      <div className="attn-head">
        <Glyph look={actionLook(action.status)} />
        <div>
          <p className="what">{askOf(action)}</p>
          <p className="why">{causeOf(action)}</p>
        </div>
      </div>
      <DecisionStrip action={action} row={key} />
    </li>
  );
});

/** One line of the history. */
export const ActionRow = memo(function ActionRow({ action }: { action: Action }) {
  const key = `action ${action.action_id}`;
  const { row } = useCursorRow(key);
  useOpenOnEnter(key, action.action_id);
  const look = actionLook(action.status);
  const at = action.finished_at ?? action.created_at;
  const progress = useTicking((nowMs) => progressOf(action, nowMs));
  const people = [...new Set([action.created_by, action.approved_by ?? action.created_by])].join(', ');
  return (
    <Row className="act-cols is-link" {...row}>
      <Cell>
        <Glyph look={look} />
      </Cell>
      <Cell className="act-state">
        <StatusWord look={look} />
      </Cell>
      <Cell className="act-what clip">
        <Link className="row-link" to="/actions/$actionId" params={{ actionId: String(action.action_id) }}>
          {kindWords(action).imperative} {action.service_name}{' '}
          <span className="dim">on {action.server_id}</span>
        </Link>
      </Cell>
      <Cell className="dim clip wide-col table-col">{people}</Cell>
      <Cell className="dim clip wide-col table-col">{progress || outcomeOf(action)}</Cell>
      <Cell className="num dim act-when" title={absolute(at)}>
        <span className="when-rel">
          <Ago at={at} />
        </span>
        <span className="when-abs" aria-hidden="true">
          {dayClock(at)}
        </span>
      </Cell>
    </Row>
  );
});
