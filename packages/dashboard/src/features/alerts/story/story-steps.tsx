import type { Alert, AlertStoryEntry } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { severityLook } from '../../../api/alerts/words.ts';
import { actorWords } from '../../../api/vocabulary/actor.ts';
import { clockMs, day, dayClock } from '../../../lib/time-words.ts';
import { Glyph, type Look } from '../../../ui/glyphs/glyph.tsx';
import { At } from '../../../ui/time.tsx';

type Story = readonly AlertStoryEntry[];

/** Who heard of it, for the facts above the story: the newest line, and how many there are. */
export function toldOf(story: Story): string {
  const told = story.filter(({ kind }) => kind === 'told');
  const [first] = told;
  if (first === undefined) return 'Nobody yet.';
  return told.length === 1 ? first.text : `${first.text} ${told.length - 1} more below.`;
}

const WORDS = { seen: 'Seen', told: 'Told', done: 'Done' } as const;

function lookOf(entry: AlertStoryEntry, alert: Alert): Pick<Look, 'shape' | 'tone'> {
  if (entry.kind === 'told') return { shape: 'ringArrow', tone: 'mute' };
  if (entry.kind === 'done') return { shape: 'ringTick', tone: 'acc' };
  return severityLook(alert.severity);
}

/** What was seen, who was told and what was done, the newest first, to the millisecond. */
export function StorySteps({ alert, story }: { alert: Alert; story: Story }) {
  const newestFirst = story.toSorted((a, b) => b.event_id - a.event_id);
  const today = newestFirst[0] === undefined ? '' : day(newestFirst[0].at);
  if (newestFirst.length === 0) return null;
  return (
    <section aria-labelledby="story-steps">
      <div className="sec">
        <h3 id="story-steps">Story</h3>
      </div>
      <ol className="steps story-steps">
        {newestFirst.map((entry) => (
          <li key={`${entry.event_id} ${entry.kind} ${entry.text}`}>
            <Glyph look={lookOf(entry, alert)} />
            <span className="mono small dim">
              <At at={entry.at} of={clockMs} />
              {day(entry.at) !== today && (
                <span className="dimmer day">{dayClock(entry.at).split(',')[0]}</span>
              )}
            </span>
            <span>
              <span className="sr">{WORDS[entry.kind]}: </span>
              {entry.text}
              <Actor entry={entry} />
              {entry.action_id !== null && (
                <>
                  {' '}
                  <Link
                    className="link"
                    to="/actions/$actionId"
                    params={{ actionId: String(entry.action_id) }}
                  >
                    #{entry.action_id}
                  </Link>
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Who did it, where the sentence does not say so already. */
function Actor({ entry: { actor, kind, text } }: { entry: AlertStoryEntry }) {
  const who = actorWords(actor);
  if (kind !== 'done' || actor === 'hub' || text.includes(actor) || text.includes(who)) return null;
  return <span className="dim"> {who}</span>;
}
