import type { GuardedRoute } from '@homelabcmd/protocol';

interface Section {
  readonly id: string;
  readonly word: string;
  /** The route that it is for: whoever may not use that is not shown the way to it. */
  readonly takes?: GuardedRoute;
}

/** The parts of the settings, in the order in which they stand. */
const SECTIONS = [
  { id: 'hub', word: 'This hub' },
  { id: 'account', word: 'Your account' },
  { id: 'people', word: 'People', takes: 'listUsers' },
  { id: 'keys', word: 'API keys', takes: 'listKeys' },
  { id: 'policies', word: 'Policies' },
  { id: 'alert-rules', word: 'Alert rules' },
  { id: 'jobs', word: 'Jobs' },
  { id: 'notifications', word: 'Notifications', takes: 'listChannels' },
  { id: 'freeze', word: 'Freeze', takes: 'setFreeze' },
  { id: 'kept', word: 'What is kept' },
  { id: 'servers', word: 'Servers' },
  { id: 'enrolment', word: 'Add a server', takes: 'enrolServer' },
  { id: 'browser', word: 'This browser' },
] as const satisfies readonly Section[];

export type SectionId = (typeof SECTIONS)[number]['id'];

/** Every section, with the route that it takes, if any. */
export const sections: readonly (Section & { readonly id: SectionId })[] = SECTIONS;

export const sectionOf = (id: string): SectionId | null =>
  SECTIONS.find((section) => section.id === id)?.id ?? null;
