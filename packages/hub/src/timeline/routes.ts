import type { api } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { serverMarks } from './marks.ts';
import { serverTimeline } from './timeline.ts';

type Routes = Pick<typeof api, 'serverMarks' | 'serverTimeline'>;

export function timelineHandlers(parts: { db: Store; clock: Clock }): Handlers<Routes> {
  return {
    serverMarks: ({ params, query }) => serverMarks(parts, params.server_id, query),
    serverTimeline: ({ params, query }) => serverTimeline(parts, params.server_id, query),
  };
}
