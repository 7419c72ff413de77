import type { Alert } from '@homelabcmd/protocol';
import { HeldBack } from '../held-back.tsx';

/** Everything that nobody was told of because of it, each with the reason. */
export function HeldBackHere({ members, causeId }: { members: readonly Alert[]; causeId: number }) {
  if (members.length === 0) return null;
  return (
    <section aria-labelledby="held-back">
      <div className="sec">
        <h3 id="held-back">Held back</h3>
        <span className="dimmer">{members.length}</span>
      </div>
      <HeldBack members={members} causeId={causeId} />
    </section>
  );
}
