import type { AuditEntry } from '@homelabcmd/protocol';

export type Detail = AuditEntry['detail'];

/** What was done, and what was said of it. */
export type Words = (detail: Detail) => { readonly what: string; readonly more?: string | null };

/** A text of the detail. Entries of older versions have fewer, and an edited one may hold anything. */
export const text = (detail: Detail, member: string): string | null => {
  const value = detail[member];
  return typeof value === 'string' && value !== '' ? value : null;
};
