/** The parts of the settings, in the order in which they stand. */
export const SECTIONS = [
  { id: 'hub', word: 'This hub' },
  { id: 'keys', word: 'API keys' },
  { id: 'policies', word: 'Policies' },
  { id: 'freeze', word: 'Freeze' },
  { id: 'servers', word: 'Servers' },
  { id: 'enrolment', word: 'Add a server' },
  { id: 'browser', word: 'This browser' },
] as const;

export type SectionId = (typeof SECTIONS)[number]['id'];

export const sectionOf = (id: string): SectionId | null =>
  SECTIONS.find((section) => section.id === id)?.id ?? null;
