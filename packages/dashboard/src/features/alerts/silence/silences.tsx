import type { Silence } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { useSilences } from '../../../api/alerts/silences.ts';
import { kindWord } from '../../../api/alerts/words.ts';
import { plural } from '../../../lib/units.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { Ago, At } from '../../../ui/time.tsx';
import { untilWords } from '../seen-to.tsx';
import { EndSilence } from './end-silence.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

/** What nobody is told of now, and the way to want that of more. */
export function Silences() {
  const silences = useSilences().data ?? [];
  const mayCreate = useMay('createSilence');
  const mayEnd = useMay('endSilence');
  const [isOpen, setOpen] = useState(false);
  if (silences.length === 0 && !mayCreate) return null;
  return (
    <section aria-labelledby="silences" className="mt-4">
      <div className="sec">
        <h2 id="silences">Silences</h2>
        {silences.length > 0 && <span className="dimmer">{silences.length}</span>}
        {mayCreate && (
          <div className="end">
            <Button kind="quiet" onClick={() => setOpen(true)}>
              New silence…
            </Button>
          </div>
        )}
      </div>
      {silences.length === 0 && <p className="dim cause-none">None. Whoever is to be told of an alert is.</p>}
      <ul className="causes">
        {silences.map((silence) => (
          <li key={silence.silence_id} className="cause">
            <Glyph look={{ shape: 'bellSlash', tone: 'mute' }} />
            <div>
              <h3>
                {wordsOf(silence)} until <At at={silence.until} of={untilWords} />
              </h3>
              <p className="small dim">
                By {silence.created_by}, <Ago at={silence.created_at} />: “{silence.reason}”{' '}
                {silence.held_back > 0 && `${plural(silence.held_back, 'alert')} held back.`}
              </p>
            </div>
            {mayEnd && (
              <div className="row-actions">
                <EndSilence silence={silence} label={`End silence: ${wordsOf(silence)}`} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {isOpen && <SilenceDialog about={null} onClose={() => setOpen(false)} />}
    </section>
  );
}

/** `Service down, plex on media-01`, `Everything with #storage`, `Everything`. */
function wordsOf({ kind, server_id, subject, tag }: Silence): string {
  const what = [kind === null ? null : kindWord(kind), subject].filter((word) => word !== null).join(', ');
  const on = server_id === null ? '' : ` on ${server_id}`;
  return `${what === '' ? 'Everything' : what}${on}${tag === null ? '' : ` with #${tag}`}`;
}
