import { useEffect, useRef } from 'react';
import { type NewJob, pingAddress } from '../../../api/alerts/jobs.ts';
import { Button } from '../../../ui/button.tsx';
import { Command, Copyable } from '../../../ui/copy.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';

/** The address of a job that has just been made. It is on this page and nowhere else, until it is closed. */
export function NewAddress({ made, onDone }: { made: NewJob; onDone: () => void }) {
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => title.current?.focus(), []);
  const address = pingAddress(made.ping_path);
  return (
    <div className="new-secret" role="group" aria-labelledby="new-address">
      <p id="new-address" ref={title} tabIndex={-1} className="strong">
        <Glyph look={{ shape: 'discTick', tone: 'ok' }} /> {made.job.name} is watched. Copy its address now.
      </p>
      <Copyable text={address} what="address" />
      <p className="note">At the end of the job, when it has done its work:</p>
      <Command text={`curl -fsS -X POST ${address}`} size="wrapped" />
      <p className="note">And where it has failed, with why:</p>
      <Command
        text={`curl -fsS -X POST -H 'content-type: application/json' -d '{"failed":"disk full"}' ${address}`}
        size="wrapped"
      />
      <p className="note">
        It is shown this once: the hub keeps only a digest of it. Whoever has it can say that this job is
        well, and nothing else.
      </p>
      <p className="mt-3">
        <Button onClick={onDone}>I have kept it</Button>
      </p>
    </div>
  );
}
