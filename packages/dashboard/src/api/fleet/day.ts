import { type DayMark, type FleetDay, type LiveEvent, api, needsAttention } from '@homelabcmd/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../call.ts';

const lasts = (day: FleetDay, is: (mark: DayMark) => boolean): boolean =>
  day.marks.some((mark) => mark.until === null && is(mark));

/** Whether a fact begins, ends or adds a mark. */
export function outdatesDay(day: FleetDay, fact: LiveEvent): boolean {
  switch (fact.type) {
    case 'service.changed': {
      const { service_name: name } = fact.data.service;
      const isOf = (mark: DayMark) => mark.server_id === fact.server_id && mark.service_name === name;
      return needsAttention(fact.data.service) !== lasts(day, isOf);
    }
    case 'server.changed': {
      const { liveness } = fact.data.server;
      const isOf = (mark: DayMark) => mark.server_id === fact.server_id && mark.kind === 'server_offline';
      return liveness !== 'stale' && (liveness === 'offline') !== lasts(day, isOf);
    }
    case 'service.removed':
    case 'server.deleted':
      return day.marks.some((mark) => mark.server_id === fact.server_id);
    case 'action.completed':
    case 'action.failed':
    case 'action.unknown':
      return true;
    default:
      return false;
  }
}

/** The last 24 hours. It is read again when a fact changes its marks; that time goes on is the page's to draw. */
const fleetDayQuery = queryOptions({
  queryKey: ['fleet-day'],
  queryFn: ({ signal }): Promise<FleetDay> => call(api.fleetDay, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  meta: { outdates: (day, fact) => outdatesDay(day as FleetDay, fact) },
});

export const useFleetDay = () => useQuery(fleetDayQuery);
