import { type Service, isDown } from '@homelabcmd/protocol';
import { detailOf } from '../../api/problem.ts';
import { expectService, forgetService, setCritical } from '../../api/services.ts';
import { shownStatus } from '../../api/vocabulary/service.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';
import type { MenuEntry } from '../../ui/menu/menu-entry.ts';
import { Menu } from '../../ui/menu/menu.tsx';
import { say } from '../../ui/toast/toast.tsx';
import { useRestart } from './use-restart.ts';

async function orSay(title: string, change: Promise<void>): Promise<void> {
  await change.catch((error: unknown) => {
    say({ look: { shape: 'diamond', tone: 'bad' }, title, detail: detailOf(error), stays: true });
  });
}

function expectationEntries(service: Service, off: string | null): readonly MenuEntry[] {
  const name = service.service_name;
  if (!service.expected) {
    const onSelect = () => void orSay(`Could not expect ${name}`, expectService(service));
    return [{ kind: 'item', key: 'expect', icon: 'eye', words: 'Expect it to run', off, onSelect }];
  }
  return [
    {
      kind: 'item',
      key: 'critical',
      icon: 'flag',
      words: 'Critical',
      off,
      isOn: service.critical,
      onSelect: () => void orSay(`Could not change ${name}`, setCritical(service, !service.critical)),
    },
    {
      kind: 'item',
      key: 'forget',
      icon: 'eyeOff',
      words: 'Stop expecting it',
      off,
      onSelect: () => void orSay(`Could not stop expecting ${name}`, forgetService(service)),
    },
  ];
}

/** What can be done with a service and is not needed at every glance. */
export function ServiceMenu({ service, canRestart }: { service: Service; canRestart: boolean }) {
  const { request, off } = useRestart(service);
  const hasButton = isDown(shownStatus(service));
  const restart: readonly MenuEntry[] = [
    { kind: 'item', key: 'restart', icon: 'restart', words: 'Restart…', off, onSelect: () => void request() },
    { kind: 'rule', key: 'rule' },
  ];
  const entries = [...(canRestart && !hasButton ? restart : []), ...expectationEntries(service, off)];
  return (
    <Menu className="icon-btn" label={`More for ${service.service_name}`} entries={entries}>
      <Icon name="more" />
    </Menu>
  );
}
