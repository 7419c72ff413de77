import { Action, type ActionStatus, type AuditHead, HubFrame } from '@homelabcmd/protocol';
import type { Syscall } from '../disk/syscalls.ts';

/** What somebody was told by a hub, and what must therefore be so for ever. */
export type Told =
  /** An answer to a person or a program. */
  | {
      readonly kind: 'action';
      readonly orderId: string;
      readonly version: number;
      readonly status: ActionStatus;
      readonly isApproved: boolean;
    }
  /** An order on its way to an agent, who may begin it. */
  | { readonly kind: 'order'; readonly orderId: string; readonly audit: AuditHead | null }
  /** An agent was told that it may forget the result. */
  | { readonly kind: 'ack'; readonly orderId: string }
  /** By this key an agent knows the hub from then on. */
  | { readonly kind: 'hub key'; readonly publicKey: string }
  /** The agent is known by its key from then on. */
  | { readonly kind: 'welcome' };

export const isEnrolled = (told: readonly Told[]): boolean => told.some(({ kind }) => kind === 'welcome');

/** The key by which the agent knows the hub, if it has heard of one. */
export const hubKeyOf = (told: readonly Told[]): string | null =>
  told.findLast((one) => one.kind === 'hub key')?.publicKey ?? null;

/** What the hub's process told somebody by one call: the body of an answer, a frame to an agent. */
export function promisesIn({ name, on, texts }: Syscall): Told[] {
  const isOutside = on?.path.startsWith('socket:') === true && /^(write|writev|sendmsg|sendto)$/.test(name);
  return isOutside ? jsonTextsOf(Buffer.concat([...texts]).toString('utf8')).flatMap(promisesOf) : [];
}

/** An answer's body comes after an empty line, a frame after two to ten bytes of its own; both begin with a bracket. */
function jsonTextsOf(said: string): unknown[] {
  if (said.startsWith('HTTP/')) {
    const body = said.slice(said.indexOf('\r\n\r\n') + 4);
    return body.startsWith('{') ? [JSON.parse(body)] : [];
  }
  return said
    .split(/(?=\{"v":2,"type":")/)
    .slice(1)
    .map((text) => JSON.parse(text.slice(0, text.lastIndexOf('}') + 1)) as unknown);
}

function promisesOf(said: unknown): Told[] {
  const { seal: _seal, ...unsealed } = said as { seal?: object };
  const frame = HubFrame.safeParse(unsealed);
  if (!frame.success) {
    const { data } = Action.safeParse(said);
    if (data === undefined) return [];
    const { order_id: orderId, version, status, approved_at } = data;
    return [{ kind: 'action', orderId, version, status, isApproved: approved_at !== null }];
  }
  const { data } = frame;
  if (data.type === 'order')
    return [{ kind: 'order', orderId: data.order.order_id, audit: data.audit ?? null }];
  if (data.type === 'result_ack') return [{ kind: 'ack', orderId: data.order_id }];
  if (data.type === 'challenge') return [{ kind: 'hub key', publicKey: data.public_key }];
  if (data.type === 'welcome') return [{ kind: 'welcome' }];
  return [];
}
