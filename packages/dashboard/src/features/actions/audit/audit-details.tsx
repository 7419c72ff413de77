import type { AuditEntry } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { whoWords } from '../../../api/vocabulary/audit.ts';
import { absolute } from '../../../lib/time-words.ts';

/** All that is written in an entry, and the ways to others like it. */
export function AuditDetails({ entry }: { entry: AuditEntry }) {
  const said = Object.entries(entry.detail).filter(
    ([name, value]) => value !== null && value !== '' && name !== 'from_address',
  );
  return (
    <div className="aud-more">
      {!entry.intact && (
        <p className="note aud-broken">
          The hash of this entry is not that of what is written here: somebody has changed it in the store.
          Compare with a copy of before.
        </p>
      )}
      <dl className="kv">
        <Line name="Entry">{entry.entry}</Line>
        <Line name="Verb">
          <span className="mono">{entry.verb}</span>
        </Line>
        <Line name="When">{Number.isNaN(Date.parse(entry.at)) ? entry.at : absolute(entry.at)}</Line>
        {entry.from_address !== null && <Line name="From">{entry.from_address}</Line>}
        {said.map(([name, value]) => (
          <Line key={name} name={wordsOf(name)}>
            <Value value={value} />
          </Line>
        ))}
        {entry.detail_text !== null && (
          <Line name="Text">
            <span className="mono">{entry.detail_text === '' ? 'nothing' : entry.detail_text}</span>
          </Line>
        )}
        <Line name="Hash">
          <span className="mono">{entry.hash}</span>
        </Line>
      </dl>
      <p className="note aud-like">
        Only entries{' '}
        <Link className="link" to="/actions/audit" search={{ who: entry.actor }}>
          by {whoWords(entry.actor)}
        </Link>
        {entry.server_id !== null && (
          <>
            {', '}
            <Link className="link" to="/actions/audit" search={{ server: entry.server_id }}>
              on {entry.server_id}
            </Link>
          </>
        )}
        {entry.action_id !== null && (
          <>
            {', '}
            <Link className="link" to="/actions/audit" search={{ action: entry.action_id }}>
              of action #{entry.action_id}
            </Link>
          </>
        )}
      </p>
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Members that would read as another line of the same entry. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  from: 'State before',
  to: 'State after',
  verb: 'Order',
};

/** `requested_by` as `Requested by`. */
const wordsOf = (name: string): string => {
  const words = (Object.hasOwn(OTHER_WORDS, name) && OTHER_WORDS[name] ? OTHER_WORDS[name] : name).replaceAll(
    '_',
    ' ',
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function Value({ value }: { value: unknown }) {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  return <span className="mono">{JSON.stringify(value)}</span>;
}
