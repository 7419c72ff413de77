import type { Alert } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { type AlertStory, useAlertStory } from '../../../api/alerts/alert-story.ts';
import { alertLook, kindWord, measuredWords, severityLook, stateWords } from '../../../api/alerts/words.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { absolute } from '../../../lib/time-words.ts';
import { Status } from '../../../ui/glyphs/glyph.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { At } from '../../../ui/time.tsx';
import { AlertLink } from '../alert-link.tsx';
import { SeenTo } from '../seen-to.tsx';
import { AboutAction } from './about-action.tsx';
import { HeldBackHere } from './held-back-here.tsx';
import { Decide } from './decide.tsx';
import { Lines } from './lines.tsx';
import { StorySteps, toldOf } from './story-steps.tsx';

interface StoryPanelProps {
  readonly alertId: number;
  /** The address names it, so that it gives the page its title. */
  readonly isOfAddress: boolean;
}

/** All that became of one alert; beside the list, and a page of its own on a small screen. */
export function StoryPanel({ alertId, isOfAddress }: StoryPanelProps) {
  const story = useAlertStory(alertId);
  const { data } = story;
  return (
    <aside id="story" className="story" tabIndex={-1} aria-label={data?.alert.title ?? `Alert #${alertId}`}>
      {isOfAddress && <title>{`${data?.alert.title ?? `Alert #${alertId}`} · HomelabCmd`}</title>}
      {story.isPending && <RowSkeleton rows={5} label="Loading the alert" />}
      {story.isError && data === undefined && (
        <PanelError
          title={`Could not load alert #${alertId}`}
          detail={detailOf(story.error)}
          requestId={requestIdOf(story.error)}
          onRetry={() => void story.refetch()}
        />
      )}
      {data !== undefined && <Story {...data} />}
    </aside>
  );
}

function Story({ alert, story, members }: AlertStory) {
  return (
    <div data-alert-story={alert.state}>
      <h2 className="story-title">{alert.title}</h2>
      <p role="status">
        <Status look={{ ...lookOf(alert), word: stateWords(alert) }} />
      </p>
      {alert.detail !== null && <p className="dim mt-1.5">{alert.detail}</p>}
      <SeenTo alert={alert} />
      <Facts alert={alert} told={toldOf(story)} />
      {alert.action_id !== null && <AboutAction actionId={alert.action_id} />}
      <Decide alert={alert} />
      <HeldBackHere members={members} causeId={alert.alert_id} />
      <StorySteps alert={alert} story={story} />
      <Lines lines={alert.lines} />
    </div>
  );
}

/** What somebody has seen to keeps the shape of its severity, and is not called out. */
function lookOf(alert: Alert) {
  const look = alertLook(alert);
  return alert.state === 'firing' || alert.state === 'resolved' ? look : { ...look, tone: 'mute' as const };
}

function Facts({ alert, told }: { alert: Alert; told: string }) {
  const { alert_id, kind, measured, resolved_at, server_id, severity, since, subject, suppressed } = alert;
  return (
    <dl className="story-facts">
      <dt>Rule</dt>
      <dd>
        <Link className="link" to="/settings/$section" params={{ section: 'alert-rules' }}>
          {kindWord(kind)}
        </Link>
        {severity !== 'info' && <span className="dim">, {severityLook(severity).word.toLowerCase()}</span>}
      </dd>
      {measured !== null && (
        <>
          <dt>Measured</dt>
          <dd>
            {measuredWords(measured.value, measured.unit)}{' '}
            <span className="dim">against {measuredWords(measured.limit, measured.unit)}</span>
          </dd>
        </>
      )}
      <dt>Told</dt>
      <dd>{suppressed === null ? told : suppressed.reason}</dd>
      {suppressed !== null && (
        <>
          <dt>Cause</dt>
          <dd>
            <AlertLink alert={{ alert_id: suppressed.cause_alert_id }} className="link">
              Alert #{suppressed.cause_alert_id}
            </AlertLink>
          </dd>
        </>
      )}
      {server_id !== null && (
        <>
          <dt>Server</dt>
          <dd>
            <Link className="link" to="/servers/$serverId" params={{ serverId: server_id }}>
              {server_id}
            </Link>
            {subject !== null && <span className="dim">, {subject}</span>}
          </dd>
        </>
      )}
      <dt>Since</dt>
      <dd>
        <At at={since} of={absolute} />
      </dd>
      {resolved_at !== null && (
        <>
          <dt>Over</dt>
          <dd>
            <At at={resolved_at} of={absolute} />
          </dd>
        </>
      )}
      <dt>Number</dt>
      <dd className="mono">#{alert_id}</dd>
    </dl>
  );
}
