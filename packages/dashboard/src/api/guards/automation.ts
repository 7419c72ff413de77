import { type Automation, api } from '@homelabcmd/protocol';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../call.ts';
import { liveQuery } from '../live/live-query.ts';

const automationQuery = liveQuery<Automation>({
  key: ['automation'],
  read: (signal) => ask(api.automation, { signal }),
  reduce: (automation, fact) => (fact.type === 'automation.changed' ? fact.data.automation : automation),
});

export const useAutomation = (): Automation | undefined => useQuery(automationQuery).data;
