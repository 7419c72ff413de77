import type { Probe, ProbeReport, Service } from '@homelabcmd/protocol';
import {
  PROBE_TARGETS_FILE,
  allowProbeCommand,
  probeNotAllowedTitle,
  probeQuestion,
  probeRule,
} from '../../../api/vocabulary/probe.ts';
import { FixNotice } from '../../../ui/fix-notice.tsx';
import { Ago } from '../../../ui/time.tsx';
import { Fact } from './unit-facts.tsx';

const HEADINGS = {
  waiting: 'Its probe has no answer yet.',
  answering: 'It answers.',
  not_answering: 'It runs, but it does not answer.',
} as const;

/** What the probe asked, what came of it, and since when. */
export function ProbePanel({ service, probe }: { service: Service; probe: Probe }) {
  const report = service.stale || !service.enabled ? null : service.probe_report;
  if (report?.verdict === 'not_allowed')
    return <NotAllowed service={service} probe={probe} detail={report.detail} />;
  return (
    <div>
      <p className="why-h">{report === null ? headingWithout(service) : HEADINGS[report.verdict]}</p>
      <dl className="kv">
        <Fact term="Asks">
          <span className="break-anywhere">{probeQuestion(probe)}</span>
        </Fact>
        {report !== null && <WhatCame report={report} />}
      </dl>
      {report?.verdict === 'not_answering' && (
        <p className="note">
          {probeRule(probe)} systemd sees a running service, so it will not restart it by itself. To ask for a
          restart,{' '}
          <span className="wide-only">
            press <kbd>r</kbd> on this row or{' '}
          </span>
          choose Restart in its menu.
        </p>
      )}
      {report?.verdict === 'waiting' && <p className="note">{probeRule(probe)}</p>}
    </div>
  );
}

function headingWithout(service: Service): string {
  if (!service.enabled) return 'It is paused, so its probe asks nothing.';
  return service.stale ? 'Whether it answers is not known now.' : 'The agent has not asked yet.';
}

function WhatCame({ report }: { report: ProbeReport }) {
  return (
    <>
      {report.detail !== '' && (
        <Fact term="What came">
          <span className="break-anywhere">{report.detail}</span>
        </Fact>
      )}
      {report.since !== null && (
        <Fact term="Since">
          <Ago at={report.since} />
        </Fact>
      )}
    </>
  );
}

function NotAllowed({ service, probe, detail }: { service: Service; probe: Probe; detail: string }) {
  return (
    <div>
      <FixNotice
        title={probeNotAllowedTitle(service.server_id)}
        detail={detail}
        command={allowProbeCommand(probe)}
        hint={
          <>
            Only the server’s own addresses may be asked, and what root lists in{' '}
            <code>{PROBE_TARGETS_FILE}</code>. Type this on {service.server_id} as an administrator; this page
            follows by itself.
          </>
        }
      />
      <dl className="kv">
        <Fact term="Asks">
          <span className="break-anywhere">{probeQuestion(probe)}</span>
        </Fact>
      </dl>
    </div>
  );
}
