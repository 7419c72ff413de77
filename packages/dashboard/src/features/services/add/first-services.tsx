import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useDiscovered } from '../../../api/expectation/discovered.ts';
import { plural } from '../../../lib/units.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { ListState } from './nothing-to-choose.tsx';
import { PickList } from './pick-list.tsx';
import { useExpect } from './use-expect.ts';
import { usePicks } from './use-picks.ts';

const SUGGESTED = 5;

/** Nothing is expected here yet: the likeliest services, to be ticked in place. */
export default function FirstServices({ server }: { server: Server }) {
  const { server_id: serverId } = server;
  const discovered = useDiscovered(serverId).data;
  const likely = (discovered ?? []).filter((service) => service.rank !== 'background');
  const suggested = likely.slice(0, SUGGESTED);
  const { picks, chosenNames } = usePicks(suggested);
  const { expectAll, isSending, off, problem } = useExpect(server);
  if (discovered === undefined) return null;
  const nothingChosen = chosenNames.length === 0 ? 'Tick a service first' : null;
  return (
    <div className="first-services">
      <h3>What should run here?</h3>
      <p className="dim mt-1 mb-3">
        Say which services are expected on {serverId}. Only those ask for you when they stop or do not answer.
      </p>
      <div className="text-note dim mb-3">
        <ListState server={server} count={discovered.length} />
      </div>
      {suggested.length > 0 && <PickList services={suggested} picks={picks} />}
      {problem !== null && <FormError words={`Nothing was added: ${problem}`} />}
      <div className="row-actions justify-start mt-3">
        {suggested.length > 0 && (
          <Button
            kind="primary"
            off={off ?? nothingChosen}
            isBusy={isSending}
            onClick={() => void expectAll(chosenNames)}
          >
            {chosenNames.length === 0 ? 'Expect services' : `Expect ${plural(chosenNames.length, 'service')}`}
          </Button>
        )}
        <Link className="btn" to="/servers/$serverId/services/add" params={{ serverId }} resetScroll={false}>
          {likely.length > SUGGESTED ? `Choose from all ${likely.length}` : 'Add by name'}
        </Link>
      </div>
    </div>
  );
}
