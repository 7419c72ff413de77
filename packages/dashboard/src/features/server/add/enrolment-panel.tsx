import type { Server } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { type Enrolment, enrol } from '../../../api/fleet/enrolment.ts';
import { useFocusOnAppear } from '../../../lib/focus-on-appear.ts';
import { useTicking } from '../../../lib/hub-clock.ts';
import { clock, span } from '../../../lib/time-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Command } from '../../../ui/copy.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Glyph, Status } from '../../../ui/glyphs/glyph.tsx';
import { At } from '../../../ui/time.tsx';
import { useSending } from '../../../api/use-sending.ts';
import { useArrival } from './use-arrival.ts';

const MINUTE_MS = 60_000;

interface EnrolmentPanelProps {
  readonly enrolment: Enrolment;
  /** The server as the hub knows it, kept true by the stream. */
  readonly server: Server | undefined;
  readonly onRenewed: (enrolment: Enrolment) => void;
  /** What stands there once the agent has connected. */
  readonly children: ReactNode;
}

/** The line to run on a server, how long it works, and whether its agent is here. */
export function EnrolmentPanel({ enrolment, server, onRenewed, children }: EnrolmentPanelProps) {
  const hasArrived = useArrival(server, enrolment.token);
  const isExpired = useTicking((nowMs) => nowMs >= Date.parse(enrolment.expires_at));
  if (hasArrived) return <Arrived serverId={enrolment.server_id}>{children}</Arrived>;
  return (
    <Waiting>
      <p className="dim">
        Run this on {enrolment.server_id}. It says what it will do there, and asks. Then it asks which
        services may be restarted from here: at first, none.
      </p>
      <Command text={enrolment.command} size="wrapped" />
      <p className="dim">
        Where nobody can answer, put <code>-s -- --yes</code> behind it.
      </p>
      {enrolment.warning !== null && (
        <p className="notice is-warn" role="note">
          <Glyph look={{ shape: 'triangle', tone: 'warn' }} />
          <span>{enrolment.warning}</span>
        </p>
      )}
      {isExpired ? (
        <Expired serverId={enrolment.server_id} onRenewed={onRenewed} />
      ) : (
        <div className="waiting">
          <Status
            look={{
              shape: 'half',
              tone: 'acc',
              isTurning: true,
              word: `Waiting for the agent of ${enrolment.server_id}`,
            }}
          />
          <TimeLeft expiresAt={enrolment.expires_at} />
        </div>
      )}
    </Waiting>
  );
}

function Waiting({ children }: { children: ReactNode }) {
  return (
    <div className="enrolment" ref={useFocusOnAppear<HTMLDivElement>()} tabIndex={-1}>
      {children}
    </div>
  );
}

function Arrived({ serverId, children }: { serverId: string; children: ReactNode }) {
  return (
    <div ref={useFocusOnAppear<HTMLDivElement>()} tabIndex={-1}>
      <p className="arrived" role="status">
        <Glyph look={{ shape: 'discTick', tone: 'ok' }} /> {serverId} is here.
      </p>
      {children}
    </div>
  );
}

/** Ticks for who looks; read out at five minutes and at one. */
function TimeLeft({ expiresAt }: { expiresAt: string }) {
  const left = useTicking((nowMs) => span(Date.parse(expiresAt) - nowMs));
  const warning = useTicking((nowMs) => {
    const leftMs = Date.parse(expiresAt) - nowMs;
    if (leftMs <= MINUTE_MS) return 'The line works for one more minute';
    return leftMs <= 5 * MINUTE_MS ? 'The line works for five more minutes' : '';
  });
  return (
    <span className="dim">
      The token in it works once, for <span role="timer">{left}</span>, until <At at={expiresAt} of={clock} />
      .
      <span className="sr" role="status">
        {warning}
      </span>
    </span>
  );
}

function Expired({ serverId, onRenewed }: { serverId: string; onRenewed: (enrolment: Enrolment) => void }) {
  const { send, isSending, off, problem } = useSending('enrolServer');
  return (
    <div className="waiting">
      <span role="status">
        <Status look={{ shape: 'hourglass', tone: 'mute', word: 'The token has expired.' }} />
      </span>
      <Button off={off} isBusy={isSending} onClick={() => send(async () => onRenewed(await enrol(serverId)))}>
        Make a new line
      </Button>
      {problem !== null && <FormError words={problem} />}
    </div>
  );
}
