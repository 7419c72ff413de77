import { DecisionStrip } from '../../features/actions/decide/decision-strip.tsx';
import { NeedsYou } from '../../features/fleet/needs-list.tsx';
import type { Need } from '../../features/fleet/needs-you.ts';
import { RestartButton } from '../../features/services/restart-button.tsx';

/** Where the features meet: what others put into the rows of the fleet. */
const SLOTS = { Restart: RestartButton, Decision: DecisionStrip };

/** What needs someone, with the decisions in place. A fleet in which nothing does has no such list, and does not wait for it. */
export default function FleetNeeds({ needs }: { needs: readonly Need[] }) {
  return <NeedsYou needs={needs} slots={SLOTS} />;
}
