import { type LiveEvent, type ResponseOf, api, targetOf } from '@homelabcmd/protocol';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { hubNowMs } from '../../lib/hub-clock.ts';
import { call } from '../call.ts';

const PAGE = 50;
const DAY_MS = 86_400_000;
export const SHOWN_DAYS = 90;

export type Changes = ResponseOf<typeof api.serviceHistory>;
export type ServiceChange = Changes['changes'][number];
export type Availability = ResponseOf<typeof api.serviceAvailability>;
export type Times = Omit<Availability['days'][number], 'day'>;

interface Of {
  readonly serverId: string;
  readonly serviceName: string;
}

const paramsOf = ({ serverId, serviceName }: Of) => ({ server_id: serverId, service_name: serviceName });

/** A change of the service outdates what was read of it. */
const outdatedBy =
  ({ serverId, serviceName }: Of) =>
  (_: unknown, fact: LiveEvent): boolean =>
    fact.type === 'service.changed' &&
    fact.server_id === serverId &&
    fact.data.service.target === targetOf(serviceName);

/** One page of the changes of a service, newest first: those before `cursor`. */
const changesQuery = (of: Of, cursor: number | undefined) =>
  queryOptions({
    queryKey: ['service-changes', of.serverId, of.serviceName, cursor ?? null],
    queryFn: ({ signal }): Promise<Changes> =>
      call(api.serviceHistory, { params: paramsOf(of), query: { limit: PAGE, cursor }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    meta: { outdates: outdatedBy(of) },
  });

const availabilityQuery = (of: Of) =>
  queryOptions({
    queryKey: ['availability', of.serverId, of.serviceName],
    queryFn: ({ signal }): Promise<Availability> => {
      const from = new Date(hubNowMs() - (SHOWN_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
      return call(api.serviceAvailability, { params: paramsOf(of), query: { from }, signal });
    },
    staleTime: 60_000,
    meta: { outdates: outdatedBy(of) },
  });

export const useServiceChanges = (of: Of, cursor: number | undefined) => useQuery(changesQuery(of, cursor));
export const useAvailability = (of: Of) => useQuery(availabilityQuery(of));
