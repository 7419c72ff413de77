import { type Service, type TimerTimes, expectedUnitOfTarget } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { dayClock } from '../../../lib/time-words.ts';
import { plural } from '../../../lib/units.ts';
import { Ago, At } from '../../../ui/time.tsx';

export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** What systemd calls the service, where that is written, and whether it starts at boot. */
export function UnitFacts({ service }: { service: Service }) {
  const unit = expectedUnitOfTarget(service.target);
  const { unit_file: file, unit_file_state: bootState, unit_type: type, restarts } = service;
  const { circumstances } = service;
  const meant = circumstances?.alias_of || (unit === null ? null : aliasOf(unit, file));
  return (
    <>
      {unit !== null && (
        <Fact term="Unit">
          <span className="mono small">{unit}</span>
          {meant !== null && (
            <span className="dim">
              , another name of <span className="mono small">{meant}</span>
            </span>
          )}
        </Fact>
      )}
      {file !== null && file !== '' && (
        <Fact term="Unit file">
          <span className="mono small break-anywhere">{file}</span>
        </Fact>
      )}
      {bootState !== null && bootState !== '' && (
        <Fact term="At boot">
          {bootWords(bootState)} <span className="dim">{bootState}</span>
        </Fact>
      )}
      {type !== null && type !== '' && (
        <Fact term="Type">
          <span className="mono small">{type}</span>
        </Fact>
      )}
      {circumstances?.timer && <Runs times={circumstances.timer} />}
      {circumstances !== undefined && circumstances.triggered_by.length > 0 && (
        <Fact term="Started by">
          <span className="mono small">
            {circumstances.triggered_by.map(({ unit: by }) => by).join(', ')}
          </span>
        </Fact>
      )}
      {restarts !== null && restarts > 0 && (
        <Fact term="Restarts">{plural(restarts, 'time')} by systemd itself</Fact>
      )}
    </>
  );
}

const RUN_WORDS = { well: 'ended well', failed: 'failed', running: 'runs now' } as const;

/** When a timer runs next, and how the run before ended. */
function Runs({ times }: { times: TimerTimes }) {
  const { starts, next_at: next, last_at: last, last_run: run } = times;
  return (
    <>
      <Fact term="Starts">
        <span className="mono small">{starts}</span>
      </Fact>
      <Fact term="Next run">{next === null ? 'none is planned' : <At at={next} of={dayClock} />}</Fact>
      <Fact term="Last run">
        {last === null ? 'none yet' : <Ago at={last} />}
        {run !== null && <span className="dim">, {RUN_WORDS[run]}</span>}
      </Fact>
    </>
  );
}

/** The unit that a name really means, told by the file that it is written in; `null` where it is the name itself. */
function aliasOf(unit: string, file: string | null): string | null {
  const written = file?.split('/').at(-1) ?? '';
  if (!written.endsWith('.service') || written === unit) return null;
  // `backup@nas.service` is written in `backup@.service`: an instance, not another name.
  return written === unit.replace(/@.*\.service$/, '@.service') ? null : written;
}

function bootWords(state: string): string {
  if (state.startsWith('enabled') || state === 'alias') return 'starts by itself';
  if (state.startsWith('masked')) return 'cannot start';
  if (state === 'disabled') return 'does not start by itself';
  return 'starts when something asks for it';
}
