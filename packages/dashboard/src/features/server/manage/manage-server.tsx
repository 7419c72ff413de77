import type { GuardedRoute, Server } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { releaseServer, setMaintenance } from '../../../api/fleet/change-server.ts';
import { detailOf } from '../../../api/problem.ts';
import { useMayAny } from '../../../api/access/may.ts';
import { useActingOff } from '../../../api/live/use-stream.ts';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import type { MenuEntry } from '../../../ui/menu/menu-entry.ts';
import { Menu } from '../../../ui/menu/menu.tsx';
import { say } from '../../../ui/toast/toast.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { EnrolDialog } from './enrol-dialog.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { MaintenanceDialog } from './maintenance-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

export type Open = 'edit' | 'maintenance' | 'enrol' | 'key' | 'remove' | null;

/** Ends maintenance at once: it asks for nothing. */
export function useEndMaintenance(server: Server): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    try {
      await setMaintenance(client, server.server_id, { on: false, until: null, reason: null });
    } catch (error) {
      say({
        look: { shape: 'diamond', tone: 'bad' },
        title: `Could not end the maintenance of ${server.server_id}`,
        detail: detailOf(error),
        stays: true,
      });
    }
  };
}

/** Lifts the quarantine at once: whoever presses has read the reason beside the button. */
export function useRelease({ server_id }: Server): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    try {
      await releaseServer(client, server_id);
    } catch (error) {
      say({
        look: { shape: 'diamond', tone: 'bad' },
        title: `Could not lift the quarantine of ${server_id}`,
        detail: detailOf(error),
        stays: true,
      });
    }
  };
}

interface ManageServerProps {
  readonly server: Server;
  readonly open: Open;
  readonly setOpen: (open: Open) => void;
  readonly onRemoved: () => void;
}

/** What can be done with the server itself, behind one button; each choice has a dialog of its own. */
export function ManageServer({ server, open, setOpen, onRemoved }: ManageServerProps) {
  const place = useRef<HTMLDivElement>(null);
  const off = useActingOff();
  const endMaintenance = useEndMaintenance(server);
  const may = useMayAny();
  const entries = entriesOf(server, off, setOpen, () => void endMaintenance()).filter(({ takes }) =>
    may(takes),
  );
  if (entries.length === 0) return null;
  const close = () => {
    setOpen(null);
    place.current?.querySelector('button')?.focus();
  };
  return (
    <div className="end" ref={place}>
      <Menu className="btn" label={`Manage ${server.server_id}`} entries={entries.map(({ entry }) => entry)}>
        Manage
        <Icon name="down" />
      </Menu>
      {open === 'edit' && <EditDialog server={server} onClose={close} />}
      {open === 'maintenance' && <MaintenanceDialog server={server} onClose={close} />}
      {open === 'enrol' && <EnrolDialog server={server} onClose={close} />}
      {open === 'key' && <KeyDialog server={server} onClose={close} />}
      {open === 'remove' && <RemoveDialog server={server} onClose={close} onRemoved={onRemoved} />}
    </div>
  );
}

/** One line of the menu, and the route that it is for. */
interface Guarded {
  readonly takes: GuardedRoute;
  readonly entry: MenuEntry;
}

function entriesOf(
  server: Server,
  off: string | null,
  open: (open: Open) => void,
  endMaintenance: () => void,
): readonly Guarded[] {
  const item = (
    takes: GuardedRoute,
    key: Exclude<Open, null>,
    icon: 'edit' | 'pause' | 'restart' | 'key' | 'trash',
    words: string,
  ): Guarded => ({ takes, entry: { kind: 'item', key, icon, words, off, onSelect: () => open(key) } });
  const end = { kind: 'item', key: 'end-maintenance', icon: 'pause', words: 'End maintenance', off } as const;
  return [
    item('changeServer', 'edit', 'edit', 'Name and tags…'),
    server.maintenance.on
      ? { takes: 'setMaintenance', entry: { ...end, onSelect: endMaintenance } }
      : item('setMaintenance', 'maintenance', 'pause', 'Begin maintenance…'),
    item(
      'enrolServer',
      'enrol',
      'restart',
      server.liveness === 'never_seen' ? 'Install the agent…' : 'Enrol again…',
    ),
    ...(server.liveness === 'never_seen' ? [] : [item('renewAgentKey', 'key', 'key', 'New key…')]),
    { takes: 'deleteServer', entry: { kind: 'rule', key: 'rule' } },
    item('deleteServer', 'remove', 'trash', 'Remove server…'),
  ];
}
