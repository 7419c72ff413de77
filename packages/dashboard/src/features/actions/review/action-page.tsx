import { type Action, isFinal } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { actionLook } from '../../../api/vocabulary/action.ts';
import { Status } from '../../../ui/glyphs/glyph.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import { Evidence } from './evidence.tsx';
import { headlineOf, ledeOf } from './headline.ts';
import { Progress } from '../decide/progress.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import { Spec } from './spec.tsx';
import { Timeline } from './timeline.tsx';

/** One action: the review before it is decided, and the record of it from then on. `alert`: the one that it belongs to. */
export function ActionPage({ action, alert }: { action: Action; alert: ReactNode }) {
  const isPending = action.status === 'pending';
  const headline = headlineOf(action);
  const lede = ledeOf(action);
  return (
    <div data-action-status={action.status}>
      <title>{`${headline} · HomelabCmd`}</title>
      <p className="crumb">
        <Link to="/actions">Actions</Link> <Icon name="right" />{' '}
        <span className="mono">#{action.action_id}</span>
        <Link
          className="crumb-end"
          to="/servers/$serverId/timeline"
          params={{ serverId: action.server_id }}
          search={{ at: action.why?.stopped_at ?? action.created_at, service: action.service_name }}
        >
          Time line
        </Link>
        <Link to="/actions/audit" search={{ action: action.action_id }}>
          Audit entries
        </Link>
      </p>
      <div className="title">
        <h1>{headline}</h1>
        <span role="status">
          <Status look={actionLook(action.status)} />
        </span>
      </div>
      {lede !== null && <p className="lede">{lede}</p>}
      {alert}
      {action.status === 'executing' && (
        <div className="lede">
          <Progress action={action} />
        </div>
      )}
      <div className="review">
        {isPending ? (
          <Spec action={action} />
        ) : (
          <div>
            <Timeline action={action} />
            <Spec action={action} isRecord />
          </div>
        )}
        {isPending && <DecisionPanel key={action.action_id} action={action} />}
        {!isPending && (isFinal(action.status) || action.result !== null) && action.status !== 'unknown' && (
          <Evidence action={action} />
        )}
        {!isPending && (!isFinal(action.status) || action.status === 'unknown') && (
          <ProgressPanel action={action} />
        )}
      </div>
    </div>
  );
}
