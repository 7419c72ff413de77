import type { MetricHistory, MetricTier } from '@homelabcmd/protocol';
import { metricsAddress } from '../../api/metrics/history.ts';
import type { Shown } from '../../api/metrics/ranges.ts';
import { span } from '../../lib/time-words.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { stepWords } from './time-axis.ts';

const TIERS: Readonly<Record<MetricTier, string>> = {
  '10s': '10 s',
  '1min': '1 min',
  '10min': '10 min',
  '1h': '1 h',
};

interface ChartNotesProps {
  readonly serverId: string;
  readonly history: MetricHistory;
  readonly shown: Shown;
}

/** In which steps it is told, what the hatching is, and the way to all of it as a file. */
export function ChartNotes({ serverId, history, shown }: ChartNotesProps) {
  const { step_ms: stepMs, tier, backfilled } = history;
  const step = stepWords(stepMs);
  const backfilledMs = backfilled.reduce((sum, { from, to }) => sum + Date.parse(to) - Date.parse(from), 0);
  return (
    <div className="chart-notes">
      <p data-tier={tier}>
        A point is the mean of {step}, the band goes from the least to the greatest reading in it
        {step !== TIERS[tier] && `, out of readings kept in steps of ${TIERS[tier]}`}.
        {backfilledMs > 0 &&
          ` Hatched: ${span(backfilledMs)} that its agent told afterwards, when the hub was back.`}
      </p>
      <p className="export">
        <Icon name="download" />
        <span>Export</span>
        {(['csv', 'json'] as const).map((format) => (
          <a
            key={format}
            className="link"
            href={metricsAddress(serverId, shown, format)}
            download
            aria-label={`Export the readings of ${serverId} as ${format.toUpperCase()}`}
          >
            {format.toUpperCase()}
          </a>
        ))}
      </p>
    </div>
  );
}
