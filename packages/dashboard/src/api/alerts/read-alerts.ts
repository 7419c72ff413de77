import { api } from '@homelabcmd/protocol';
import { type Answer, ask } from '../call.ts';
import { everyPage } from '../every-page.ts';
import type { Alerts } from './open-alerts.ts';

const PAGE = 500;

const OPEN = 'firing,acknowledged';

export const readOpenAlerts = (signal: AbortSignal): Promise<Answer<Alerts>> =>
  everyPage(async (offset) => {
    const query = { state: OPEN, limit: PAGE, offset };
    const { body, asOf } = await ask(api.listAlerts, { query, signal });
    return { body: { items: body.alerts, total: body.total }, asOf };
  });
