import type { Service, Why } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { CRASH_LOOP_WARNING, isCrashLoop } from '../../api/vocabulary/service.ts';
import { span } from '../../lib/time-words.ts';
import { bytes } from '../../lib/units.ts';
import { Command } from '../../ui/copy.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { LogLines } from '../../ui/log-lines.tsx';
import { Fact, UnitFacts } from './details/unit-facts.tsx';

const SHOWN_LINES = 8;
/** Syslog's `err` and everything more serious. */
const ERROR_PRIORITY = 3;

/** Why a service is not running: the sentence first, then what systemd and the journal kept of it. */
export function WhyPanel({ service, why, links }: { service: Service; why: Why; links?: ReactNode }) {
  const lines = why.journal.slice(-SHOWN_LINES).map((line) => ({
    at: line.at,
    source: line.pid === null ? line.identifier : `${line.identifier}[${line.pid}]`,
    text: line.message,
    isBad: line.priority !== null && line.priority <= ERROR_PRIORITY,
  }));
  return (
    <div className="svc-more">
      <div>
        <p className="why-h">{service.says}</p>
        {isCrashLoop(service) && (
          <p className="note warn">
            <Glyph look={{ shape: 'triangle', tone: 'warn' }} /> It is in a crash loop: {CRASH_LOOP_WARNING}
          </p>
        )}
        <dl className="kv">
          <Fact term="Result">
            <span className="mono small">{why.result}</span>
          </Fact>
          <Ending why={why} />
          {why.memory_peak_bytes !== null && <Fact term="Memory peak">{bytes(why.memory_peak_bytes)}</Fact>}
          {why.ran_for_ms !== null && <Fact term="Ran for">{span(why.ran_for_ms)}</Fact>}
          <Fact term="systemd">
            <span className="dim">{retryWords(why)}</span>
          </Fact>
          <UnitFacts service={service} />
        </dl>
        {links}
      </div>
      <div>
        <p className="small dim mb-1.5">{linesWords(lines.length)}</p>
        {lines.length === 0 ? (
          <NoLines withheld={why.journal_withheld} />
        ) : (
          <LogLines lines={lines} label={`Journal of ${service.service_name}`} />
        )}
      </div>
    </div>
  );
}

/** That nothing was written is another thing than that the server does not show it. */
function NoLines({ withheld }: { withheld: Why['journal_withheld'] }) {
  if (withheld === undefined) return <p className="note dim">It wrote nothing that the journal kept.</p>;
  const { reason, fix_command } = withheld;
  return (
    <>
      <p className="note">{reason}</p>
      {fix_command !== null && (
        <>
          <p className="note dim">To have them shown here, type on that server:</p>
          <Command text={fix_command} size="wrapped" />
        </>
      )}
    </>
  );
}

function linesWords(count: number): string {
  if (count === 0) return 'Journal';
  return count === 1 ? 'Last journal line of that run' : `Last ${count} journal lines of that run`;
}

/** What ended the main process: a signal, or its own exit code. */
function Ending({ why }: { why: Why }) {
  if (why.signal !== null) {
    return (
      <Fact term="Signal">
        {why.signal} <span className="dim">{why.signal_name}</span>
      </Fact>
    );
  }
  return why.exit_code !== null && <Fact term="Exit code">{why.exit_code}</Fact>;
}

function retryWords(why: Why): string {
  if (why.start_limit_hit) return 'gave up: the start limit is used up';
  const setting = `Restart=${why.restart_setting}`;
  return why.will_retry ? `will start it again: ${setting}` : `will not retry: ${setting}`;
}
