import type { ServiceStatus } from '@homelabcmd/protocol';
import type { Look } from '../../ui/glyphs/glyph.tsx';
import { statusLook } from '../vocabulary/service.ts';

interface Change {
  readonly status: ServiceStatus;
  readonly state_class: string | null;
  /** What its probe said; `null` where none asked. */
  readonly answers: boolean | null;
}

/** How what a service was found to be is shown. */
export function changeLook({ status, state_class, answers }: Change): Look {
  if (status === 'running' && answers === false)
    return { shape: 'diamondHollow', tone: 'bad', word: 'Not answering' };
  const look = statusLook(status);
  return state_class === 'crash_loop' ? { ...look, tone: 'bad', word: `${look.word}, crash loop` } : look;
}
