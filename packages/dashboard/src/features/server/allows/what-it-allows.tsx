import { type Allows, type Server, needsLockoutListing, serviceNameOfUnit } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { Command } from '../../../ui/copy.tsx';
import { OLDER_ALLOW_COMMAND } from './command.ts';
import { limitsWords } from './limits-words.ts';
import './allows.css';

/** What root's files on a server let be done from here. It is shown, and only there it is changed. */
export function WhatItAllows({ server }: { server: Server }) {
  const { facts, server_id: serverId, liveness } = server;
  if (facts === null) return null;
  const { allows } = facts;
  return (
    <section aria-labelledby="allows" className="allows">
      <div className="sec">
        <h2 id="allows">What this server allows</h2>
        <span className="dim">
          {liveness === 'online'
            ? `Only root on ${serverId} can change it`
            : 'As it was when it was heard last'}
        </span>
      </div>
      <dl className="kv">
        {allows !== undefined && <Listed allows={allows} onlyWatches={facts.monitor_only} />}
        <Row term="Approval">{approvalWords(server)}</Row>
        {allows !== undefined && <Rest allows={allows} />}
      </dl>
      {!facts.monitor_only && <HowToChange serverId={serverId} allows={allows} />}
    </section>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Listed({ allows, onlyWatches }: { allows: Allows; onlyWatches: boolean }) {
  const { services, lockout, complete, problem } = allows;
  const counts = (unit: string) => !needsLockoutListing(unit) || lockout.includes(unit);
  const waiting = services.filter((unit) => !counts(unit));
  if (onlyWatches) return <Row term="May restart">none: this agent only watches</Row>;
  return (
    <>
      <Row term="May restart">
        <Names units={services.filter(counts)} none="none yet" />
        {!complete && <span className="dim"> and more</span>}
        {problem !== null && <p className="warn">{problem}</p>}
      </Row>
      {waiting.length > 0 && (
        <Row term="Held back">
          <Names units={waiting} none="" />
          <span className="dim">: could cut people off, and stands only in one of two lists</span>
        </Row>
      )}
    </>
  );
}

function Names({ units, none }: { units: readonly string[]; none: string }) {
  if (units.length === 0) return none;
  return units.map((unit, at) => (
    <span key={unit}>
      {at > 0 && ', '}
      <span className="mono small break-anywhere">{serviceNameOfUnit(unit)}</span>
      {needsLockoutListing(unit) && <span className="dim"> (can cut people off)</span>}
    </span>
  ));
}

function approvalWords({ facts }: Server): string {
  const sealed = facts?.sealed;
  if (sealed === undefined) return 'not sealed: it does what its hub has signed';
  if (sealed.problem !== null) return 'sealed, and nothing is carried out';
  return `sealed: it does only what a passkey of ${sealed.keys.map(({ name }) => name).join(', ')} has signed`;
}

function Rest({ allows }: { allows: Allows }) {
  const limits = limitsWords(allows.limits);
  return (
    <>
      {limits !== '' && <Row term="How often">{limits}</Row>}
      <Row term="Probes">
        may ask the server itself
        {allows.probe_targets.map((target) => (
          <span key={target}>
            , <span className="mono small break-anywhere">{target}</span>
          </span>
        ))}
      </Row>
    </>
  );
}

function HowToChange({ serverId, allows }: { serverId: string; allows: Allows | undefined }) {
  const command = allows?.command ?? OLDER_ALLOW_COMMAND;
  const hasCommand = command.includes('homelabcmd-agent');
  return (
    <div className="allows-how">
      <p className="note">
        {allows === undefined && 'Its agent is older, and does not say which services it allows. '}
        To allow one more{hasCommand && ', or take one back'}, type this on {serverId}, with its name for
        NAME:
      </p>
      <Command text={command} />
      {hasCommand && <Command text={command.replace(' allow ', ' deny ')} />}
    </div>
  );
}
