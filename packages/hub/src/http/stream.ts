import { API_BASE, EVENTS_PATH, type ServerMetrics } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OF_NO_SERVER } from '../store/schema.ts';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { unlessAborted } from '../lib/abort.ts';
import { type Clock, nowOf } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { SignedIn } from './entry/authentication.ts';
import type { OpenStreams } from './entry/open-streams.ts';

export interface StreamParts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly version: string;
  /** Aborts when the hub stops. */
  readonly stopping: AbortSignal;
  readonly streams: OpenStreams;
  /** Who may read it. @throws Refusal */
  permit(request: FastifyRequest): Promise<SignedIn | null>;
  subscribeMetrics(listener: (metrics: ServerMetrics) => void): () => void;
  allMetrics(): ServerMetrics[];
  /** The newest event that retention has removed; 0 while all are there. */
  newestPruned(): Promise<number>;
}

const BEAT_MS = 5000;
/** Further behind than this, reading the lists again is cheaper than replaying. */
const LONGEST_REPLAY = 5000;

/** The live stream: every fact in order, resumable by `Last-Event-ID`; readings and beats between them. */
export function mountStream(app: FastifyInstance, parts: StreamParts): void {
  app.get(
    API_BASE + EVENTS_PATH,
    {
      sse: { kind: 'manual', heartbeat: false, serializer },
      // A stream has no end whose head could be shown.
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const { principal, session, reader } = await mustBePermitted(parts, request);
      const expiresAt = session?.expiresAt ?? null;
      const asked = lastEventId(request);
      const ended = new AbortController();
      using _listed = parts.streams.add(ended, principal, reader);
      // Once more: who was signed out just before this stream was listed would not have been told.
      await mustBePermitted(parts, request);
      const { head } = parts.log;
      const isKept = asked !== null && asked >= (await parts.newestPruned());
      const isResumed = asked !== null && isKept && asked <= head && head - asked <= LONGEST_REPLAY;
      await serve(reply, parts, ended, { from: isResumed ? asked : head, isResumed, expiresAt });
    },
  );
}

async function mustBePermitted(parts: StreamParts, request: FastifyRequest): Promise<SignedIn> {
  const signedIn = await parts.permit(request);
  if (signedIn === null) throw new Error('The live stream is open to anyone');
  return signedIn;
}

interface Reading {
  /** The event before the first that is sent. */
  readonly from: number;
  readonly isResumed: boolean;
  /** When the reader's session ends, and the stream with it. */
  readonly expiresAt: string | null;
}

async function serve(
  reply: FastifyReply,
  parts: StreamParts,
  ended: AbortController,
  { from, isResumed, expiresAt }: Reading,
): Promise<void> {
  const { sse } = reply;
  const end = () => ended.abort();
  sse.onClose(end);
  parts.stopping.addEventListener('abort', end, { once: true });
  const say = (event: string, data: unknown) => {
    // Worth nothing later, so a reader that is behind does without.
    if (!reply.raw.writableNeedDrain) void sse.send({ event, data }).catch(end);
  };
  const { log, clock, version } = parts;
  say('hello', { head: log.head, resumed: isResumed, hub_version: version, at: nowOf(clock) });
  for (const metrics of parts.allMetrics()) say('metrics', metrics);
  const unsubscribe = parts.subscribeMetrics((metrics) => say('metrics', metrics));
  const beat = setInterval(() => {
    if (expiresAt !== null && expiresAt <= nowOf(clock)) end();
    else say('beat', { at: nowOf(clock) });
  }, BEAT_MS);
  try {
    for await (const event of log.follow(from, ended.signal)) {
      const sent = sse.send({ id: String(event.id), event: 'fact', data: liveEventJson(event) });
      // What was written to a reader that stopped reading, and then went, is never taken.
      await unlessAborted(sent, ended.signal);
    }
  } finally {
    clearInterval(beat);
    unsubscribe();
    parts.stopping.removeEventListener('abort', end);
    sse.close();
  }
}

/** Facts come as the JSON that the store holds. */
const serializer = (data: unknown): string => (typeof data === 'string' ? data : JSON.stringify(data));

/** `LiveEvent` as text, without parsing the stored part again. */
function liveEventJson(event: StoredEvent): string {
  const { id, at, type, serverId, actor, dataJson } = event;
  const server_id = serverId === OF_NO_SERVER ? null : serverId;
  const head = JSON.stringify({ id, at, type, server_id, actor });
  return `${head.slice(0, -1)},"data":${dataJson}}`;
}

function lastEventId(request: FastifyRequest): number | null {
  const given = request.headers['last-event-id'];
  if (given === undefined || given === '') return null;
  if (typeof given !== 'string' || !/^\d{1,15}$/.test(given)) {
    throw new Refusal('bad_request', 'Last-Event-ID must be the id of an event.');
  }
  return Number(given);
}
