import { type Service, isDown } from '@homelabcmd/protocol';
import { useNavigate } from '@tanstack/react-router';
import { changeService, expectService } from '../../api/expectation/change.ts';
import { useMay } from '../../api/access/may.ts';
import { useActingOff } from '../../api/live/use-stream.ts';
import { shownStatus } from '../../api/vocabulary/service.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';
import type { MenuEntry } from '../../ui/menu/menu-entry.ts';
import { Menu } from '../../ui/menu/menu.tsx';
import { forgetWithUndo, orSay } from './forget.ts';
import { useRestart } from './use-restart.ts';

const RULE: MenuEntry = { kind: 'rule', key: 'rule' };

interface Context {
  readonly service: Service;
  /** Why nothing can be changed now, or `null`. */
  readonly off: string | null;
  readonly onEdit: () => void;
}

function expectationEntries({ service, off, onEdit }: Context): readonly MenuEntry[] {
  const { service_name: name, server_id: serverId } = service;
  const change = (title: string, ask: () => Promise<void>) => () => void orSay(title, ask());
  const item = { kind: 'item', off } as const;
  if (!service.expected) {
    const expect = () => expectService(serverId, { service_name: name });
    const onSelect = change(`Could not expect ${name}`, expect);
    return [{ ...item, key: 'expect', icon: 'eye', words: 'Expect it to run', onSelect }];
  }
  const set = (body: { critical?: boolean; enabled?: boolean }) =>
    change(`Could not change ${name}`, () => changeService(service, body));
  return [
    { ...item, key: 'edit', icon: 'edit', words: 'Edit…', onSelect: onEdit },
    {
      ...item,
      key: 'critical',
      icon: 'flag',
      words: 'Critical',
      isOn: service.critical,
      onSelect: set({ critical: !service.critical }),
    },
    {
      ...item,
      key: 'paused',
      icon: 'pause',
      words: 'Paused',
      isOn: !service.enabled,
      onSelect: set({ enabled: !service.enabled }),
    },
    RULE,
    {
      ...item,
      key: 'forget',
      icon: 'eyeOff',
      words: 'Stop expecting it',
      onSelect: () => void forgetWithUndo(service),
    },
  ];
}

/** What can be done with a service and is not needed at every glance. */
export function ServiceMenu({ service, canRestart }: { service: Service; canRestart: boolean }) {
  const { request, off } = useRestart(service);
  const mayRestart = useMay('restartService');
  const mayChange = useMay('changeService');
  const actingOff = useActingOff();
  const navigate = useNavigate();
  const { server_id: serverId, service_name: serviceName } = service;
  const onEdit = () =>
    void navigate({
      to: '/servers/$serverId/services/$serviceName/edit',
      params: { serverId, serviceName },
      resetScroll: false,
    });
  const hasButton = isDown(shownStatus(service));
  const restart: readonly MenuEntry[] = [
    { kind: 'item', key: 'restart', icon: 'restart', words: 'Restart…', off, onSelect: () => void request() },
    { kind: 'rule', key: 'after restart' },
  ];
  const entries = [
    ...(canRestart && mayRestart && !hasButton ? restart : []),
    ...(mayChange ? expectationEntries({ service, off: actingOff, onEdit }) : []),
  ].filter(({ kind }, at, all) => kind !== 'rule' || at < all.length - 1);
  if (entries.length === 0) return null;
  return (
    <Menu className="icon-btn" label={`More for ${serviceName}`} entries={entries}>
      <Icon name="more" />
    </Menu>
  );
}
