import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useId } from 'react';
import { type AuditFilter, exportAddress } from '../../../api/audit/filter.ts';
import { useServers } from '../../../api/servers.ts';
import { AUDIT_TOPICS, type AuditTopic } from '../../../api/audit/topics.ts';
import { Choice } from '../../../ui/narrow/choice.tsx';
import { ExportLinks } from '../narrow/export-links.tsx';
import { SearchField } from '../../../ui/narrow/search-field.tsx';

const TOPICS = Object.keys(AUDIT_TOPICS) as AuditTopic[];

/** Puts a changed filter into the address. What is typed letter by letter makes no steps to go back over. */
function useChange(filter: AuditFilter) {
  const navigate = useNavigate();
  const { about, who, server, action, from, to, q } = filter;
  return useCallback(
    (change: AuditFilter) =>
      void navigate({
        to: '/actions/audit',
        search: { about, who, server, action, from, to, q, ...change },
        replace: true,
      }),
    [navigate, about, who, server, action, from, to, q],
  );
}

/** What the entries are about. */
export function TopicChips({ filter }: { filter: AuditFilter }) {
  return (
    <nav className="chips" aria-label="Filter by subject">
      <TopicChip filter={filter} about={undefined} word="All" />
      {TOPICS.map((about) => (
        <TopicChip key={about} filter={filter} about={about} word={AUDIT_TOPICS[about].word} />
      ))}
    </nav>
  );
}

interface TopicChipProps {
  readonly filter: AuditFilter;
  readonly about: AuditTopic | undefined;
  readonly word: string;
}

function TopicChip({ filter, about, word }: TopicChipProps) {
  const isChosen = filter.about === about;
  return (
    <Link
      className="chip"
      to="/actions/audit"
      search={{ ...filter, about }}
      data-chosen={isChosen}
      aria-current={isChosen ? 'true' : undefined}
    >
      {word}
    </Link>
  );
}

export function AuditSearch({ filter }: { filter: AuditFilter }) {
  const change = useChange(filter);
  return (
    <SearchField q={filter.q} label="Search the audit" placeholder="Name, reason, address" change={change} />
  );
}

interface AuditNarrowProps {
  readonly filter: AuditFilter;
  /** Who is named in what is shown. */
  readonly actors: readonly string[];
  readonly hasEntries: boolean;
}

/** Who, on which server and when, and the whole of what is found as a file. */
export function AuditNarrow({ filter, actors, hasEntries }: AuditNarrowProps) {
  const change = useChange(filter);
  const servers = (useServers().data ?? []).map((each) => each.server_id);
  return (
    <div className="narrow">
      <Choice name="Who" any="Anyone" chosen={filter.who} of={actors} onChoose={(who) => change({ who })} />
      <Choice
        name="Server"
        any="Any server"
        chosen={filter.server}
        of={servers}
        onChoose={(server) => change({ server })}
      />
      <Day name="Since" day={filter.from} onChange={(from) => change({ from })} />
      <Day name="Until" day={filter.to} onChange={(to) => change({ to })} />
      {filter.action !== undefined && (
        <button
          type="button"
          className="chip"
          data-chosen="true"
          onClick={() => change({ action: undefined })}
        >
          Action #{filter.action} <span aria-hidden="true">×</span>
          <span className="sr">: show those of all actions</span>
        </button>
      )}
      {hasFilters(filter) && (
        <Link className="btn btn-plain" to="/actions/audit" search={{}}>
          Clear the filters
        </Link>
      )}
      {hasEntries && (
        <ExportLinks
          what="the entries"
          title="All that these filters find, as a file"
          addressOf={(format) => exportAddress(filter, format)}
        />
      )}
    </div>
  );
}

export const hasFilters = ({ about, who, server, action, from, to, q }: AuditFilter): boolean =>
  [about, who, server, action, from, to, q].some((part) => part !== undefined);

interface DayProps {
  readonly name: string;
  readonly day: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function Day({ name, day, onChange }: DayProps) {
  const id = useId();
  return (
    <span className="day-choice">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="date"
        className="line-input"
        value={day ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      />
    </span>
  );
}
