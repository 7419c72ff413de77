import type { User } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useOff } from '../../../api/access/may.ts';
import { type Invited, changePerson } from '../../../api/access/people.ts';
import { detailOf, hasCode } from '../../../api/problem.ts';
import { ROLES } from '../../../api/vocabulary/rights.ts';
import { type Look, Status } from '../../../ui/glyphs/glyph.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import type { MenuEntry } from '../../../ui/menu/menu-entry.ts';
import { Menu } from '../../../ui/menu/menu.tsx';
import { Cell, Row } from '../../../ui/table.tsx';
import { Ago } from '../../../ui/time.tsx';
import { say } from '../../../ui/toast/toast.tsx';
import { waysIn } from './ways-in.ts';
import { DisableDialog, InviteDialog, RemovePersonDialog, RoleDialog } from './person-dialogs.tsx';

const STATUS: Record<User['status'], Look> = {
  active: { shape: 'discTick', tone: 'ok', word: 'Active' },
  invited: { shape: 'clock', tone: 'acc', word: 'Invited, not here yet' },
  disabled: { shape: 'ringSlash', tone: 'mute', word: 'Disabled' },
};

type Open = 'role' | 'disable' | 'invite' | 'remove' | null;

interface PersonRowProps {
  readonly user: User;
  readonly isSelf: boolean;
  readonly onInvited: (invited: Invited) => void;
}

/** One person, and what can be done about them. */
export function PersonRow({ user, isSelf, onInvited }: PersonRowProps) {
  const { name, role, status, last_signed_in_at } = user;
  const [open, setOpen] = useState<Open>(null);
  const place = useRef<HTMLTableCellElement>(null);
  const entries = useEntries(user, setOpen);
  const close = () => {
    setOpen(null);
    place.current?.querySelector('button')?.focus();
  };
  const dialog = { user, onClose: close };
  return (
    <Row className="people-cols" data-person={name}>
      <Cell className="clip strong">
        {name} {isSelf && <span className="badge">you</span>}
      </Cell>
      <Cell className="person-role">{ROLES[role].name}</Cell>
      <Cell className="person-status">
        <Status look={STATUS[status]} />
      </Cell>
      <Cell className="dim wide-col person-totp table-col">{waysIn(user)}</Cell>
      <Cell className="num dim person-seen">
        {last_signed_in_at === null ? (
          'never'
        ) : (
          <>
            <span className="phone-only">Signed in </span>
            <Ago at={last_signed_in_at} />
          </>
        )}
      </Cell>
      <Cell className="row-actions" ref={place}>
        <Menu className="icon-btn" label={`More for ${name}`} entries={entries}>
          <Icon name="more" />
        </Menu>
        {open === 'role' && <RoleDialog {...dialog} />}
        {open === 'disable' && <DisableDialog {...dialog} />}
        {open === 'invite' && <InviteDialog {...dialog} onInvited={onInvited} />}
        {open === 'remove' && <RemovePersonDialog {...dialog} />}
      </Cell>
    </Row>
  );
}

function useEntries(user: User, open: (open: Open) => void): readonly MenuEntry[] {
  const client = useQueryClient();
  const off = useOff('changeUser');
  const enable = async () => {
    try {
      await changePerson(client, user, { is_disabled: false });
    } catch (error) {
      if (hasCode(error, 'proof_required')) return;
      const look = { shape: 'diamond', tone: 'bad' } as const;
      say({ look, title: `Could not enable ${user.name}`, detail: detailOf(error), stays: true });
    }
  };
  const item = { kind: 'item', off } as const;
  const disabling: MenuEntry =
    user.status === 'disabled'
      ? { ...item, key: 'enable', icon: 'tick', words: 'Enable', onSelect: () => void enable() }
      : { ...item, key: 'disable', icon: 'pause', words: 'Disable…', onSelect: () => open('disable') };
  return [
    { ...item, key: 'role', icon: 'edit', words: 'Change role…', onSelect: () => open('role') },
    { ...item, key: 'invite', icon: 'key', words: 'Invite anew…', onSelect: () => open('invite') },
    disabling,
    { kind: 'rule', key: 'rule' },
    { ...item, key: 'remove', icon: 'trash', words: 'Remove…', onSelect: () => open('remove') },
  ];
}
