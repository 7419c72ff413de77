import type { Reading } from '../rule.ts';

/** In per cent. Of nothing there is no share. */
export function share(subject: string | null, used: number | null, total: number | null): Reading[] {
  if (used === null || total === null || total <= 0) return [];
  return [{ subject, value: Math.min(100, (used / total) * 100) }];
}
