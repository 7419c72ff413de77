import type { ServiceReport } from '@homelabcmd/protocol';
import { FRAME_VERSION, MAX_FRAME_BYTES } from '@homelabcmd/protocol';

const MAX_REPORTS = 2000;
/** Room for the frame around the reports. */
const MAX_BYTES = MAX_FRAME_BYTES - 16 * 1024;

interface ServicesFrame {
  v: typeof FRAME_VERSION;
  type: 'services';
  complete: boolean;
  reports: ServiceReport[];
}

const frame = (reports: ServiceReport[], complete: boolean): ServicesFrame => ({
  v: FRAME_VERSION,
  type: 'services',
  complete,
  reports,
});

const bytesOf = (report: ServiceReport): number => Buffer.byteLength(JSON.stringify(report)) + 1;

/**
 * Reports in frames that the hub takes. A complete list must be one frame, since what is not in it is gone: where it
 * is too large, the journal lines follow in frames of their own, and what is too much even then is left out, the
 * least important services first.
 */
export function servicesFrames(reports: ServiceReport[], complete: boolean): ServicesFrame[] {
  const whole = reports.reduce((sum, report) => sum + bytesOf(report), 0);
  if (whole <= MAX_BYTES && reports.length <= MAX_REPORTS) return [frame(reports, complete)];
  if (!complete) return chunks(reports);
  const bare = mostImportant(reports.map(withoutJournal));
  const kept = new Set(bare.map(({ unit }) => unit));
  const withLines = reports.filter(
    ({ unit, why }) => kept.has(unit) && why !== null && why.journal.length > 0,
  );
  return [frame(bare, true), ...chunks(withLines)];
}

function chunks(reports: readonly ServiceReport[]): ServicesFrame[] {
  const frames: ServicesFrame[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const report of reports) {
    const size = bytesOf(report);
    const last = frames.at(-1);
    if (last === undefined || bytes + size > MAX_BYTES || last.reports.length >= MAX_REPORTS) {
      frames.push(frame([report], false));
      bytes = size;
    } else {
      last.reports.push(report);
      bytes += size;
    }
  }
  return frames;
}

const withoutJournal = (report: ServiceReport): ServiceReport =>
  report.why === null ? report : { ...report, why: { ...report.why, journal: [] } };

function mostImportant(reports: readonly ServiceReport[]): ServiceReport[] {
  const rank = (report: ServiceReport) =>
    report.status === 'failed' ? 0 : report.status !== 'stopped' && report.status !== 'not_found' ? 1 : 2;
  let left = MAX_BYTES;
  return reports
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MAX_REPORTS)
    .filter((report) => {
      left -= bytesOf(report);
      return left >= 0;
    });
}
