import './alerts.css';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { needsSomeone, useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useKeys } from '../../lib/keys.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { type Cause, causesOf, sentenceOf } from './causes.ts';
import { AllAlerts } from './list/all-alerts.tsx';
import { ByCause } from './list/by-cause.tsx';
import { Filters } from './list/filters.tsx';
import { ResolvedPages } from './list/resolved-pages.tsx';
import type { AlertsSearch } from './search.ts';
import { StoryPanel } from './story/story-panel.tsx';

interface AlertsPageProps {
  readonly search: AlertsSearch;
  /** The alert that the address names. */
  readonly alertId: number | null;
}

/** What is wrong by its causes, and beside it the story of one of them. */
export function AlertsPage({ search, alertId }: AlertsPageProps) {
  const open = useOpenAlerts();
  const alerts = open.data;
  const causes = causesOf(alerts ?? []);
  const shown = useShownBeside(causes, alertId);
  useWayOut(alertId);
  return (
    <div className="alerts" data-one={alertId !== null || undefined}>
      {alertId === null && <title>{titleOf(causes)}</title>}
      <p className="crumb alerts-crumb">
        <Link to="/alerts" search={true}>
          Alerts
        </Link>{' '}
        <Icon name="right" /> <span className="mono">#{alertId}</span>
      </p>
      <h1 className="h1" tabIndex={-1}>
        Alerts
      </h1>
      <p className="lede" role="status">
        {alerts === undefined ? ' ' : sentenceOf(causes)}
      </p>
      <div className="split">
        <div className="alerts-list">
          <Filters search={search} open={alerts?.length} />
          {open.isPending && <RowSkeleton rows={4} label="Loading the alerts" />}
          {open.isError && alerts === undefined && (
            <PanelError
              title="Could not load the alerts"
              detail={detailOf(open.error)}
              requestId={requestIdOf(open.error)}
              onRetry={() => void open.refetch()}
            />
          )}
          {alerts !== undefined && search.view === undefined && (
            <ByCause causes={causes} search={search} openId={shown} />
          )}
          {alerts !== undefined && search.view === 'all' && (
            <AllAlerts alerts={alerts} search={search} openId={shown} />
          )}
          {search.view === 'resolved' && <ResolvedPages search={search} openId={shown} />}
        </div>
        {shown !== null && <StoryPanel key={shown} alertId={shown} isOfAddress={alertId !== null} />}
      </div>
    </div>
  );
}

const titleOf = (causes: readonly Cause[]): string => {
  const count = causes.filter(({ alert }) => needsSomeone(alert)).length;
  return count === 0 ? 'Alerts · HomelabCmd' : `(${count}) Alerts · HomelabCmd`;
};

/**
 * The alert whose story stands beside the list: the one of the address, or the worst that there was when the page came. It stays
 * that one, as a press in it is about it.
 */
function useShownBeside(causes: readonly Cause[], alertId: number | null): number | null {
  const [first, setFirst] = useState<number | null>(null);
  const worst = causes[0]?.alert.alert_id ?? null;
  if (first === null && worst !== null) setFirst(worst);
  return alertId ?? first ?? worst;
}

/** Esc leads from an alert back to the list; whoever went to another alert hears of it. */
function useWayOut(alertId: number | null): void {
  const navigate = useNavigate();
  const before = useRef(alertId);
  useKeys({
    Escape: () => {
      if (alertId !== null) void navigate({ to: '/alerts', search: true });
    },
  });
  useEffect(() => {
    if (before.current === alertId) return;
    before.current = alertId;
    const place = alertId === null ? '.alerts > .h1' : '#story';
    document.querySelector<HTMLElement>(place)?.focus({ preventScroll: true });
  }, [alertId]);
}
