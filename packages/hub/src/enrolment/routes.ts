import type { api } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import { endsAtHub, type HubAddress, installLine, urlForServers } from './install-line.ts';
import type { NewKeys } from './new-key.ts';
import { type EnrolmentToken, type HubMarks, makeEnrolmentToken } from './tokens.ts';

export interface EnrolmentParts {
  readonly log: EventLog;
  /** By this agents know the hub. */
  readonly hubKey: string;
  readonly newKeys: Pick<NewKeys, 'ask'>;
  /** Adds a server that is not there yet. */
  addServer(open: LogTransaction, actor: string, server: { server_id: string }): Promise<unknown>;
}

/** How a hub that speaks TLS itself is known by it. */
export interface HubDoor {
  /** Sees to it that the certificate is for the host of this address. @returns whether it is */
  cover(url: string): Promise<boolean>;
  /** `null` where servers know the certificate's authority anyway. */
  readonly pins: { readonly authorityFingerprint: string; readonly keyPin: string } | null;
}

/** A token for this server, which is added if it is new. */
export function enrolServer(
  parts: Omit<EnrolmentParts, 'newKeys'>,
  actor: string,
  serverId: string,
  authorityFingerprint: string | null,
): Promise<EnrolmentToken> {
  const marks: HubMarks = { hubKey: parts.hubKey, authorityFingerprint };
  return parts.log.transaction(async (open) => {
    const known = await open.tx
      .selectFrom('servers')
      .select('server_id')
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    if (!known) await parts.addServer(open, actor, { server_id: serverId });
    return makeEnrolmentToken(open, actor, serverId, marks);
  });
}

export function enrolmentHandlers(
  parts: EnrolmentParts,
  address: HubAddress,
  door: HubDoor | null,
): Handlers<Pick<typeof api, 'enrolServer' | 'renewAgentKey'>> {
  return {
    enrolServer: async ({ params, principal, from, origin }) => {
      // First: where it refuses, nothing has been made.
      const hub = urlForServers(address, origin);
      const isOurs = door !== null && endsAtHub(hub, address);
      const isCovered = !isOurs || (await door.cover(hub));
      const pins = isOurs ? door.pins : null;
      const known = { ...parts, log: parts.log.from(from) };
      const authority = pins?.authorityFingerprint ?? null;
      const made = await enrolServer(known, principal.name, params.server_id, authority);
      const line = installLine(address, hub, made.token, pins?.keyPin ?? null);
      return { ...made, ...line, warning: line.warning ?? (isCovered ? null : notCovered(hub)) };
    },
    renewAgentKey: async ({ params: { server_id }, principal, from }) => ({
      server_id,
      ...(await parts.newKeys.ask(parts.log.from(from), principal.name, server_id)),
    }),
  };
}

const notCovered = (hub: string): string =>
  `The hub's certificate is not for ${new URL(hub).hostname}, so no agent takes it there. Open the hub by a name that the certificate is for, and make the line there; or set HOMELABCMD_PUBLIC_URL to that name.`;
