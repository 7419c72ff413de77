import type { Action, ActionStep } from '@homelabcmd/protocol';
import { clockMs } from '../../../lib/time-words.ts';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { LogLines } from '../../../ui/log-lines.tsx';
import { At } from '../../../ui/time.tsx';
import { deltaOf, journalOf, stepLook } from './steps.ts';

/** What happened, step by step, to the millisecond. */
export function Timeline({ action }: { action: Action }) {
  const journal = journalOf(action);
  return (
    <>
      <section aria-labelledby="what-happened">
        <div className="sec">
          <h2 id="what-happened">What happened</h2>
        </div>
        <ol className="steps">
          {action.steps.map((step, at) => {
            const look = stepLook(step.step, action.result?.exit_code ?? null);
            const delta = deltaOf(step, action.steps[at - 1]);
            return (
              <li key={`${step.step} ${step.at}`}>
                <Glyph look={look} />
                <span className="strong">{look.word}</span>
                <Words step={step} />
                <span className="at">
                  <span className="mono small">
                    <At at={step.at} of={clockMs} />
                  </span>
                  <span className="plus">{delta}</span>
                </span>
              </li>
            );
          })}
        </ol>
      </section>
      {journal.length > 0 && (
        <section aria-labelledby="journal" className="mt-6">
          <div className="sec">
            <h2 id="journal">Journal since the order</h2>
          </div>
          <LogLines lines={journal} isPlain label="Journal since the order" />
        </section>
      )}
    </>
  );
}

/** Who did it and what it was. A sentence that begins with who did it is not told twice. */
function Words({ step: { actor, detail } }: { step: ActionStep }) {
  if (detail.startsWith(`${actor} `) || detail === '') {
    return (
      <span>
        {actor}
        <span className="dim">{detail.slice(actor.length)}</span>
      </span>
    );
  }
  return (
    <span>
      {detail} <span className="dim">{actor}</span>
    </span>
  );
}
