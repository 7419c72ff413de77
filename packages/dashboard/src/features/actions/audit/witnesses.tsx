import type { Verification } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { Status, type Look } from '../../../ui/glyphs/glyph.tsx';

type Witness = NonNullable<Verification['last']>['witnesses'][number];

/** What the agent of each server was shown of the chain: that it agrees, that it does not, or why it could not be asked. */
export function Witnesses({ witnesses }: { witnesses: readonly Witness[] }) {
  if (witnesses.length === 0) return null;
  const isAgainst = witnesses.some(({ agrees }) => !agrees);
  return (
    <details className="witnesses" open={isAgainst}>
      <summary>{summaryOf(witnesses)}</summary>
      <ul>
        {witnesses.map((witness) => (
          <li key={witness.server_id}>
            <Link className="strong" to="/servers/$serverId" params={{ serverId: witness.server_id }}>
              {witness.server_id}
            </Link>
            <Status look={lookOf(witness)} />
            {witness.differences.map((difference) => (
              <p key={difference} className="note">
                {difference}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}

function summaryOf(witnesses: readonly Witness[]): string {
  const against = witnesses.filter(({ agrees }) => !agrees).length;
  if (against > 0)
    return `${against} of ${servers(witnesses.length)} ${against === 1 ? 'was' : 'were'} shown another chain`;
  const holding = witnesses.filter(({ heads }) => heads > 0).length;
  if (holding === 0) return 'No agent holds anything to compare with';
  return `The agents of ${holding} of ${servers(witnesses.length)} hold it too`;
}

const servers = (count: number): string => (count === 1 ? '1 server' : `${count} servers`);

function lookOf({ status, agrees, heads, newest_entry }: Witness): Look {
  if (!agrees) return { shape: 'diamond', tone: 'bad', word: 'Was shown another chain' };
  switch (status) {
    case 'answered':
      return heads === 0
        ? { shape: 'ringBar', tone: 'mute', word: 'Holds nothing: it has had no order' }
        : { shape: 'discTick', tone: 'ok', word: `Agrees, up to entry ${newest_entry}` };
    case 'offline':
      return { shape: 'ringDashed', tone: 'mute', word: 'Could not be asked: not connected' };
    case 'silent':
      return { shape: 'ringDashedQuery', tone: 'warn', word: 'Did not answer in time' };
    case 'keeps_none':
      return { shape: 'ringBar', tone: 'mute', word: 'Keeps nothing: update its agent' };
  }
}
