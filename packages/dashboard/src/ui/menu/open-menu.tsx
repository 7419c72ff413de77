import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon } from '../glyphs/icon.tsx';
import type { MenuEntry } from './menu-entry.ts';

/** The menu itself, open from the start. It locks nothing: the page behind stays live and scrolls. */
export default function OpenMenu({
  trigger,
  entries,
}: {
  trigger: ReactNode;
  entries: readonly MenuEntry[];
}) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {entries.map((entry) => (
            <Entry key={entry.key} entry={entry} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry.kind === 'rule') return <DropdownMenu.Separator className="menu-rule" />;
  if (entry.kind === 'label')
    return <DropdownMenu.Label className="menu-label">{entry.words}</DropdownMenu.Label>;
  const { icon, words, off, isOn, onSelect } = entry;
  const common = { className: 'menu-item', disabled: off !== null, title: off ?? undefined, onSelect };
  if (isOn === undefined) {
    return (
      <DropdownMenu.Item {...common}>
        <Icon name={icon} />
        {words}
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.CheckboxItem {...common} checked={isOn}>
      <Icon name={icon} />
      {words}
      <DropdownMenu.ItemIndicator className="ml-auto">
        <Icon name="tick" />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );
}
