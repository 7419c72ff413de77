import type { DiscoveredService, Server, Service } from '@homelabcmd/protocol';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useDiscovered } from '../../../api/expectation/discovered.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { useServices } from '../../../api/services.ts';
import { plural } from '../../../lib/units.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError, TextField } from '../../../ui/form/fields.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { Sheet } from '../../../ui/sheet/sheet.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { focusAfterAdd } from '../focus-places.ts';
import { Groups } from './groups.tsx';
import { ListState } from './nothing-to-choose.tsx';
import { readTyped } from './selection.ts';
import { TypedNote } from './typed-note.tsx';
import { useExpect } from './use-expect.ts';
import { usePicks } from './use-picks.ts';

const NONE: never[] = [];

/** What is typed and ticked in the sheet, and what is done with it. */
function useAdding(server: Server, list: readonly DiscoveredService[], onDone: () => void) {
  const services: readonly Service[] = useServices(server.server_id).data ?? NONE;
  const [search, setSearch] = useState('');
  const [added, setAdded] = useState<string | null>(null);
  const { picks, chosenNames, clear } = usePicks(list);
  const { expectAll, expectOne, ...sending } = useExpect(server);
  const typed = readTyped(search, list, services);
  const addChosen = async () => {
    if (await expectAll(chosenNames)) onDone();
  };
  const addTyped = async (name: string) => {
    if (!(await expectOne(name))) return;
    setAdded(name);
    setSearch('');
  };
  /** Enter does what the typed name stands for; without one it adds what is ticked. */
  const submit = () => {
    if (typed.kind === 'new') void addTyped(typed.name);
    else if (typed.kind === 'discovered') {
      picks.choose([typed.service.target], true);
      setSearch('');
    } else if (typed.kind === 'nothing' && chosenNames.length > 0) void addChosen();
  };
  return {
    search,
    setSearch,
    added,
    typed,
    picks,
    chosenNames,
    clear,
    addChosen,
    addTyped,
    submit,
    ...sending,
  };
}

/** Says which services should run on a server: what its agent sees, the likeliest first, and any other by name. */
export function AddSheet({ server }: { server: Server }) {
  const { server_id: serverId } = server;
  const navigate = useNavigate();
  const close = () => void navigate({ to: '/servers/$serverId', params: { serverId }, resetScroll: false });
  const discovered = useDiscovered(serverId);
  const list: readonly DiscoveredService[] = discovered.data ?? NONE;
  const adding = useAdding(server, list, close);
  return (
    <Sheet
      title="Add services"
      lead={`What should run on ${serverId}. Only these ask for you when they stop.`}
      onClose={close}
      returnTo={focusAfterAdd}
      isDirty={adding.chosenNames.length > 0}
      onSubmit={adding.submit}
      footer={<Foot adding={adding} onCancel={close} />}
    >
      <Find server={server} adding={adding} />
      {discovered.isPending && <RowSkeleton rows={6} label={`Loading what runs on ${serverId}`} />}
      {discovered.isError && discovered.data === undefined && (
        <PanelError
          title={`Could not load what runs on ${serverId}`}
          detail={detailOf(discovered.error)}
          requestId={requestIdOf(discovered.error)}
          onRetry={() => void discovered.refetch()}
        />
      )}
      {discovered.data !== undefined && (
        <>
          <div className="text-note dim">
            <ListState server={server} count={list.length} />
          </div>
          <Groups discovered={list} search={adding.search} picks={adding.picks} />
        </>
      )}
    </Sheet>
  );
}

type Adding = ReturnType<typeof useAdding>;

function Foot({ adding, onCancel }: { adding: Adding; onCancel: () => void }) {
  const { chosenNames, problem, off, isSending } = adding;
  const count = chosenNames.length;
  return (
    <>
      {problem !== null && <FormError words={`Nothing was added: ${problem}`} />}
      <Button
        kind="primary"
        off={off ?? (count === 0 ? 'Tick a service first' : null)}
        isBusy={isSending}
        data-testid="expect-button"
        onClick={() => void adding.addChosen()}
      >
        {count === 0 ? 'Expect services' : `Expect ${plural(count, 'service')}`}
      </Button>
      <Button kind="plain" onClick={onCancel}>
        Cancel
      </Button>
      {count > 0 && (
        <Button kind="plain" className="ml-auto" onClick={adding.clear}>
          Untick all
        </Button>
      )}
    </>
  );
}

function Find({ server, adding }: { server: Server; adding: Adding }) {
  const { search, setSearch, added, typed, off, isSending, addTyped } = adding;
  return (
    <div className="add-find">
      <TextField
        label="Find, or type a name"
        placeholder="plexmediaserver"
        maxLength={255}
        enterKeyHint="done"
        value={search}
        error={typed.kind === 'invalid' ? typed.words : undefined}
        onChange={setSearch}
      />
      <TypedNote
        server={server}
        typed={typed}
        added={added}
        off={off}
        isSending={isSending}
        onExpect={(name) => void addTyped(name)}
      />
    </div>
  );
}
