import type { EventData, LiveEvent, Server, Service } from '@homelabcmd/protocol';
import { advance, takeFact } from '../../src/alerts/core/evaluate.ts';
import type { Fact } from '../../src/alerts/core/facts.ts';
import { awaitServers } from '../../src/alerts/core/fleet/fleet.ts';
import { Draft, emptyMemory, type Memory, type Told } from '../../src/alerts/core/memory.ts';
import { settle } from '../../src/alerts/core/settle.ts';

const START_MS = Date.parse('2026-01-10T12:00:00.000Z');
const at = (ms: number) => new Date(ms).toISOString();

export const serverAs = (server_id: string, change: Partial<Server> = {}): Server => ({
  ...{ server_id, display_name: null, tags: [], liveness: 'online', liveness_since: at(START_MS) },
  ...{ last_seen_at: at(START_MS), facts: null, maintenance: { on: false, until: null, reason: null } },
  ...{ created_at: at(START_MS), revision: 1, ...change },
});

export const serviceAs = (
  server_id: string,
  service_name: string,
  change: Partial<Service> = {},
): Service => ({
  ...{ server_id, service_name, target: `systemd:${service_name}.service`, display_name: null },
  ...{ description: '', expected: true, critical: false, enabled: true, status: 'running' },
  ...{ state_class: 'running', load_state: 'loaded', active_state: 'active', sub_state: 'running' },
  ...{ result: 'success', since: null, pid: 1, memory_bytes: null, cpu_percent: null, restarts: 0 },
  ...{ grace_seconds: 0, unwell_since: null },
  ...{ invocation_id: null, why: null, open_action_id: null, automation: null, also_restarts: [] },
  restartable: { allowed: true, reason: '', fix_command: null },
  ...{ unit_type: 'simple', unit_file: null, unit_file_state: null, probe: null, probe_report: null },
  ...{ observed_at: null, stale: false, revision: 1, ...change },
});

/** The evaluation without a store: facts and time go in, what is told comes out. */
export class World {
  memory: Memory = emptyMemory();
  nowMs = START_MS;
  readonly told: (Told & { readonly atMs: number })[] = [];
  #eventId = 0;

  constructor(serverIds: readonly string[]) {
    for (const serverId of serverIds) this.fact('server.changed', serverId, { server: serverAs(serverId) });
  }

  fact<T extends LiveEvent['type']>(type: T, serverId: string, data: EventData<T>): void {
    this.#eventId += 1;
    const head = { id: this.#eventId, atMs: this.nowMs, at: at(this.nowMs), actor: 'hub', serverId };
    this.change((draft) => takeFact(draft, { ...head, type, data } as unknown as Fact, this.nowMs));
  }

  server(serverId: string, change: Partial<Server>): void {
    this.fact('server.changed', serverId, { server: serverAs(serverId, change) });
  }

  service(serverId: string, name: string, change: Partial<Service>): void {
    this.fact('service.changed', serverId, { service: serviceAs(serverId, name, change) });
  }

  pass(byMs: number): void {
    const toMs = this.nowMs + byMs;
    this.change((draft) => advance(draft, this.nowMs, toMs));
    this.nowMs = toMs;
  }

  /** The hub begins anew, and does not know who is there. */
  begin(): void {
    this.change((draft) => {
      awaitServers(draft, this.nowMs);
      settle(draft, this.nowMs);
    });
  }

  /** What is known goes through the store. */
  restart(): void {
    const parts = Object.entries(this.memory).map(([part, map]) => [
      part,
      new Map(JSON.parse(JSON.stringify([...map]))),
    ]);
    this.memory = Object.fromEntries(parts) as Memory;
  }

  change(work: (draft: Draft) => void): void {
    const draft = new Draft(this.memory);
    work(draft);
    this.told.push(...draft.told.map((one) => ({ ...one, atMs: this.nowMs })));
    draft.keep();
  }

  /** What people would hear, and of what: «fired plex failed on nas». */
  get heard(): string[] {
    return this.told.flatMap((one) => {
      if (!('alert' in one) || one.type === 'alert.forgotten') return [];
      const { alert, type } = one;
      const isHeard = ['alert.fired', 'alert.repeated', 'alert.escalated'].includes(type);
      const isOver = type === 'alert.resolved' && alert.suppressed === null && alert.silenced === null;
      return isHeard || isOver ? [`${type.slice('alert.'.length)} ${alert.title}`] : [];
    });
  }

  get open() {
    return [...this.memory.subjects.values()].flatMap(({ open }) => (open === null ? [] : [open.alert]));
  }
}

export const FAILED = { status: 'failed', state_class: 'down' } as const;
