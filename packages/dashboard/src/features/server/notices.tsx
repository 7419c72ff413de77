import type { Relaxation, Sealing, Server } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { useMay, useOff } from '../../api/access/may.ts';
import { absolute } from '../../lib/time-words.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/copy.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Age, At } from '../../ui/time.tsx';
import { allowCommand } from './allows/command.ts';
import { useEndMaintenance, useRelease } from './manage/manage-server.tsx';

/** What must be known before the rest of a server's page is read. */
export function Notices({ server, onEnrol }: { server: Server; onEnrol: () => void }) {
  const { facts, liveness, maintenance } = server;
  return (
    <>
      {(liveness === 'stale' || liveness === 'offline') && (
        <Notice tone="warn" title={liveness === 'offline' ? 'It is offline.' : 'It is silent.'}>
          The hub has not heard from it for <Age at={server.last_seen_at ?? server.liveness_since} />, so
          nothing below is current. Look for power or network; a restart that is asked for now waits until it
          is back.
        </Notice>
      )}
      {server.quarantine !== undefined && <InQuarantine server={server} reason={server.quarantine.reason} />}
      {maintenance.on && <InMaintenance server={server} />}
      {facts !== null && facts.systemd_version === null && (
        <Notice tone="warn" title="The agent cannot speak to systemd here.">
          {facts.systemd_problem ?? 'It sees no services and can restart none.'}
        </Notice>
      )}
      {facts?.limits_problem !== undefined && (
        <Notice tone="warn" title="Its file of limits is not followed.">
          {facts.limits_problem}
        </Notice>
      )}
      {facts?.sealed !== undefined && <Sealed {...facts.sealed} />}
      {facts?.sandbox_relaxed !== undefined && <Relaxed lifted={facts.sandbox_relaxed} />}
      {facts?.monitor_only === true && facts.systemd_version !== null && (
        <OnlyWatches server={server} onEnrol={onEnrol} />
      )}
      {liveness === 'never_seen' && (
        <Notice
          tone="mute"
          title="Its agent has not connected yet."
          end={<EnrolButton onEnrol={onEnrol} words="Make the install line" />}
        >
          It appears here by itself as soon as it does.
        </Notice>
      )}
    </>
  );
}

function Sealed({ keys, problem }: Sealing) {
  if (problem !== null) {
    return (
      <Notice tone="warn" title="It is sealed, and carries out nothing.">
        {problem}
      </Notice>
    );
  }
  return (
    <Notice tone="mute" title="It is sealed.">
      It carries out only what one of these passkeys has signed: {keys.map(({ name }) => name).join(', ')}.
    </Notice>
  );
}

/** What of the sandbox of each of our units is not in force there, and why. */
function Relaxed({ lifted }: { lifted: readonly Relaxation[] }) {
  const units = [...new Set(lifted.map(({ unit }) => unit))];
  return (
    <Notice tone="mute" title="It cannot give the agent all of its sandbox.">
      {[...new Set(lifted.map(({ because }) => because))].join(' ')} Lifted there:
      <ul>
        {units.map((unit) => (
          <li key={unit}>
            {unit}: {lifted.flatMap((one) => (one.unit === unit ? [one.setting] : [])).join(', ')}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function InQuarantine({ server, reason }: { server: Server; reason: string }) {
  const off = useOff('releaseServer');
  const release = useRelease(server);
  return (
    <Notice
      tone="warn"
      title="It is in quarantine: nothing is sent to it."
      end={
        <Button off={off} onClick={() => void release()}>
          Lift the quarantine
        </Button>
      }
    >
      {reason}
    </Notice>
  );
}

function InMaintenance({ server }: { server: Server }) {
  const { until, reason } = server.maintenance;
  const off = useOff('setMaintenance');
  const end = useEndMaintenance(server);
  return (
    <Notice
      tone="acc"
      title="It is in maintenance."
      end={
        <Button off={off} onClick={() => void end()}>
          End maintenance
        </Button>
      }
    >
      {reason !== null && `${reason}. `.replace('.. ', '. ')}
      {until === null ? (
        'It lasts until someone ends it.'
      ) : (
        <>
          It ends by itself on <At at={until} of={(iso) => absolute(iso).replace(/\.\d{3}/, '')} />.
        </>
      )}
    </Notice>
  );
}

/** The agent that came with the hub, or one that was told so: what that means, and how to allow more. */
function OnlyWatches({ server, onEnrol }: { server: Server; onEnrol: () => void }) {
  return (
    <Notice
      tone="mute"
      title="This agent only watches."
      end={<EnrolButton onEnrol={onEnrol} words="Install the agent" />}
    >
      Nothing on {server.server_id} can be restarted from here. To allow it, install the agent there as a
      service of its own, then name what may be restarted, one service a line:
      <Command text={allowCommand('plex.service')} />
    </Notice>
  );
}

function EnrolButton({ onEnrol, words }: { onEnrol: () => void; words: string }) {
  const off = useOff('enrolServer');
  if (!useMay('enrolServer')) return null;
  return (
    <Button off={off} onClick={onEnrol}>
      {words}
    </Button>
  );
}

const NOTICE_SHAPES = { warn: 'triangle', acc: 'bars', mute: 'ringInfo' } as const;

interface NoticeProps {
  readonly tone: keyof typeof NOTICE_SHAPES;
  readonly title: string;
  readonly children: ReactNode;
  /** What can be done about it. */
  readonly end?: ReactNode;
}

function Notice({ tone, title, children, end }: NoticeProps) {
  return (
    <div className="notice" role="note">
      <Glyph look={{ shape: NOTICE_SHAPES[tone], tone }} />
      <div>
        <b>{title}</b> {children}
      </div>
      {end !== undefined && <div className="notice-end">{end}</div>}
    </div>
  );
}
