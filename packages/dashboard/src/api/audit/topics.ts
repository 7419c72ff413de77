/** What entries are about, as people choose between them; each is a set of verbs. */
export const AUDIT_TOPICS = {
  actions: { word: 'Actions', verbs: 'action.*,order.*' },
  servers: { word: 'Servers', verbs: 'server.*,agent.*,enrolment.*,maintenance.*' },
  services: { word: 'Services', verbs: 'expectation.*' },
  keys: { word: 'People and keys', verbs: 'key.*,user.*,session.*' },
  guards: { word: 'Policies and freeze', verbs: 'policy.*,automation.*,freeze.*' },
  store: { word: 'Store', verbs: 'store.*' },
} as const;
export type AuditTopic = keyof typeof AUDIT_TOPICS;
