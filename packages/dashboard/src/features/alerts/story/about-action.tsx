import { Link } from '@tanstack/react-router';
import { useAction } from '../../../api/actions.ts';
import { actionLook } from '../../../api/vocabulary/action.ts';
import { actorWords } from '../../../api/vocabulary/actor.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { useTicking } from '../../../lib/hub-clock.ts';
import { span } from '../../../lib/time-words.ts';
import { Status } from '../../../ui/glyphs/glyph.tsx';
import { Ago } from '../../../ui/time.tsx';

/** The newest action about its service: what it waits for, or what became of it, with the way there. */
export function AboutAction({ actionId }: { actionId: number }) {
  const action = useAction(actionId).data;
  const left = useTicking((nowMs) =>
    action === undefined ? '' : span(Date.parse(action.expires_at ?? action.created_at) - nowMs),
  );
  if (action === undefined) return null;
  const { noun } = kindWords(action);
  const look = actionLook(action.status);
  const isPending = action.status === 'pending';
  const Noun = noun.charAt(0).toUpperCase() + noun.slice(1);
  const word = isPending ? `${Noun} waits for approval` : `${Noun}: ${look.word.toLowerCase()}`;
  return (
    <div className="story-action">
      <p className="small">
        <Status look={{ ...look, word }} />
      </p>
      <p className="small dim">
        Asked by {actorWords(action.created_by)} <Ago at={action.created_at} />.
        {isPending && ` Expires in ${left}.`}
      </p>
      <Link
        className={`btn ${isPending ? 'btn-go' : ''}`}
        to="/actions/$actionId"
        params={{ actionId: String(actionId) }}
      >
        {isPending ? `Review ${noun}` : `Open #${actionId}`}
      </Link>
    </div>
  );
}
