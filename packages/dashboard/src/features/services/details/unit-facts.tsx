import { type Service, unitOfTarget } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { plural } from '../../../lib/units.ts';

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
  const unit = unitOfTarget(service.target);
  const { unit_file: file, unit_file_state: bootState, unit_type: type, restarts } = service;
  const meant = unit === null ? null : aliasOf(unit, file);
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
      {restarts !== null && restarts > 0 && (
        <Fact term="Restarts">{plural(restarts, 'time')} by systemd itself</Fact>
      )}
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
