import './palette.css';
import { type KeyboardEvent, useId, useState } from 'react';
import { useMayAny } from '../../api/access/may.ts';
import { useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { useServers } from '../../api/servers.ts';
import { useExpected } from '../../api/services.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { useModal } from '../../ui/use-modal.ts';
import { type PaletteEntry, findEntries } from './entries.ts';
import { useChoose } from './use-choose.ts';

/** They change something, so they need a hub that hears. */
const ACTS: ReadonlySet<PaletteEntry['kind']> = new Set(['restart', 'acknowledge']);

/** Every place and every expected service, by its name. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useModal();
  const may = useMayAny();
  const known = {
    alerts: useOpenAlerts().data ?? [],
    servers: useServers().data ?? [],
    services: useExpected().data ?? [],
    may,
  };
  const { choose, off } = useChoose();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const entries = findEntries(known, typed);
  const id = useId();
  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined || (ACTS.has(entry.kind) && off !== null)) return;
    dialog.current?.close();
    choose(entry);
  };
  return (
    <dialog ref={dialog} className="overlay pal" aria-label="Search or run" onClose={onClose}>
      <Question
        listId={id}
        at={at}
        count={entries.length}
        typed={typed}
        onType={(text) => {
          setTyped(text);
          setAt(0);
        }}
        onMove={setAt}
        onEnter={() => run(entries[at])}
      />
      <div role="listbox" id={id} aria-label="Results">
        {entries.map((entry, index) => (
          <Option
            key={entry.key}
            id={`${id}-${index}`}
            entry={entry}
            isChosen={index === at}
            off={off}
            onPoint={() => setAt(index)}
            onChoose={() => run(entry)}
          />
        ))}
      </div>
      <p className="sr" role="status">
        {entries.length} {entries.length === 1 ? 'result' : 'results'}
      </p>
      {entries.length === 0 && (
        <p className="pal-none">
          Nothing here is called that. Servers and expected services are found by their names.
        </p>
      )}
    </dialog>
  );
}

interface QuestionProps {
  readonly listId: string;
  /** The entry that is chosen, and of how many. */
  readonly at: number;
  readonly count: number;
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly onMove: (at: number) => void;
  readonly onEnter: () => void;
}

function Question({ listId, at, count, typed, onType, onMove, onEnter }: QuestionProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') onEnter();
    else if (by !== undefined && count > 0) onMove((at + by + count) % count);
    else return;
    event.preventDefault();
  };
  return (
    <div className="q">
      <Icon name="search" />
      <input
        role="combobox"
        aria-label="Search or run"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={count > 0 ? `${listId}-${at}` : undefined}
        placeholder="A server, a service, or “restart …”"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly entry: PaletteEntry;
  readonly isChosen: boolean;
  readonly off: string | null;
  readonly onPoint: () => void;
  readonly onChoose: () => void;
}

function Option({ id, entry, isChosen, off, onPoint, onChoose }: OptionProps) {
  const isOff = ACTS.has(entry.kind) && off !== null;
  return (
    <button
      type="button"
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-disabled={isOff || undefined}
      title={isOff ? off : undefined}
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      <Icon name={entry.icon} />
      <span className="clip">
        {entry.words} <span className="dim">{entry.where}</span>
      </span>
      {entry.kind === 'open-action' ? (
        <span className="badge is-acc">
          <Glyph look={{ shape: 'clock', tone: 'acc' }} />
          already open
        </span>
      ) : (
        isChosen && <kbd aria-hidden="true">Enter</kbd>
      )}
    </button>
  );
}
