import type { Action } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useReading, useServer } from '../../../api/servers.ts';
import { useService } from '../../../api/services.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { actorWords } from '../../../api/vocabulary/actor.ts';
import { lastSeenAt, serverLook } from '../../../api/vocabulary/server.ts';
import { shownStatus, statusLook } from '../../../api/vocabulary/service.ts';
import { Command } from '../../../ui/copy.tsx';
import { StatusWord } from '../../../ui/glyphs/glyph.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { Ago } from '../../../ui/time.tsx';
import { StoppedBecause } from './stopped-because.tsx';

/** What is decided about. With `isRecord` it is told in the past. */
export function Spec({ action, isRecord = false }: { action: Action; isRecord?: boolean }) {
  const name = isRecord ? 'What was asked for' : 'What is asked for';
  return (
    <section aria-label={name} className={isRecord ? 'mt-8' : ''}>
      {isRecord && (
        <div className="sec">
          <h2>What was asked for</h2>
        </div>
      )}
      <dl className="spec">
        <Item term={isRecord ? 'Command' : 'What will run'}>
          <Command text={action.command} size="large" />
          {action.verb === 'reset-and-restart' && (
            <p className="note">
              systemd had given up on it, so its start limit is cleared first. The approval covers that too.
            </p>
          )}
          {!isRecord && (
            <p className="note">
              Sent as a typed order, never as shell text. It runs once. If the service changes state first,
              the agent refuses.
            </p>
          )}
        </Item>
        <Item term="Where">
          <Where action={action} />
        </Item>
        <Item term="Asked by">
          {actorWords(action.created_by)}, <Ago at={action.created_at} />
        </Item>
        {action.approved_by !== null && action.approved_at !== null && (
          <Item term="Approved by">
            {actorWords(action.approved_by)}, <Ago at={action.approved_at} />
            {action.self_approved && <p className="note">By the one who asked for it.</p>}
          </Item>
        )}
        <Item term={action.why === null ? 'Its state then' : isRecord ? 'Why it was down' : 'Why it stopped'}>
          <StoppedBecause action={action} />
        </Item>
        <Item term={extentTermOf(action)}>
          <Extent action={action} />
        </Item>
      </dl>
    </section>
  );
}

function extentTermOf(action: Action): string {
  const { present, past } = kindWords(action);
  switch (action.status) {
    case 'pending':
    case 'approved':
    case 'dispatched':
    case 'executing':
      return `What ${present}`;
    case 'completed':
    case 'failed':
      return `What ${past}`;
    default:
      return `What would have ${past}`;
  }
}

function Item({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Where({ action }: { action: Action }) {
  const { server_id, target, service_name } = action;
  const server = useServer(server_id).data;
  const reading = useReading(server_id);
  const service = useService(server_id, target);
  const facts = [server?.facts?.os, server?.facts?.addresses[0]]
    .filter((fact) => fact !== undefined)
    .join(', ');
  const seenAt = server === undefined ? null : lastSeenAt(server, reading);
  const isOnline = server?.liveness === 'online';
  return (
    <>
      <Link className="link" to="/servers/$serverId" params={{ serverId: server_id }}>
        {server_id}
      </Link>{' '}
      <span className="dim">{facts !== '' && `${facts}.`}</span>{' '}
      {server !== undefined && !isOnline && <StatusWord look={serverLook(server)} />}
      {seenAt !== null && (
        <span className={`live ml-1.5 ${isOnline ? '' : 'is-warn'}`}>
          <span className={`live-dot ${isOnline ? 'pulse' : 'is-hollow'}`} aria-hidden="true" />
          <span>
            seen <Ago at={seenAt} />
          </span>
        </span>
      )}
      {service !== undefined && (
        <p className="note">
          {service_name} is now <StatusWord look={statusLook(shownStatus(service))} />
        </p>
      )}
    </>
  );
}

function Extent({ action }: { action: Action }) {
  const unit = action.target.replace(/^systemd:/, '');
  const { present } = kindWords(action);
  return (
    <>
      <div className="units">
        <Icon name="restart" />
        <span className="mono small strong">{unit}</span>
        <span className="rel">asked for</span>
        {action.also_restarts.map((other) => (
          <OtherUnit
            key={other.unit}
            name={other.unit}
            relation={other.relation}
            reach={other.active ? `Running: it ${present} too` : 'Not running'}
          />
        ))}
      </div>
      <p className="note">
        {action.expect === null
          ? `The hub has not seen this service, so it does not know what else ${present} with it.`
          : 'Nothing else.'}
      </p>
    </>
  );
}

function OtherUnit({ name, relation, reach }: { name: string; relation: string; reach: string }) {
  return (
    <>
      <Icon name="restart" />
      <span className="mono small strong">{name}</span>
      <span className="rel">
        {relation}. {reach}
      </span>
    </>
  );
}
