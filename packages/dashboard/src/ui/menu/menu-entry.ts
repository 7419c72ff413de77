import type { ReactNode } from 'react';
import type { IconName } from '../glyphs/icon.tsx';

/** One line of a menu. */
export type MenuEntry =
  | { readonly kind: 'label'; readonly key: string; readonly words: ReactNode }
  | { readonly kind: 'rule'; readonly key: string }
  | {
      readonly kind: 'item';
      readonly key: string;
      readonly icon: IconName;
      readonly words: string;
      /** Why it cannot be chosen now, or `null`. */
      readonly off: string | null;
      /** For something that is on or off. */
      readonly isOn?: boolean;
      readonly onSelect: () => void;
    };
