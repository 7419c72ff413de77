import type { Updates } from '@homelabcmd/protocol';
import { plural } from '../../lib/units.ts';
import { Ago } from '../../ui/time.tsx';

/** What of its packages waits, with the age of the look: what a package manager's old lists do not name is not counted. */
export function UpdatesFact({ updates }: { updates: Updates }) {
  const { pending, security, reboot_required: needsReboot, looked_at: lookedAt, lists_at: listsAt } = updates;
  return (
    <>
      {pending === null ? 'not known here' : pending === 0 ? 'none' : plural(pending, 'package')}
      {security !== null && security > 0 && <span className="warn">, {security} for security</span>}
      {needsReboot === true && <span className="warn">, reboot required</span>}
      <span className="dim">
        {' '}
        looked <Ago at={lookedAt} />
        {listsAt !== null && (
          <>
            , lists of <Ago at={listsAt} />
          </>
        )}
      </span>
    </>
  );
}
