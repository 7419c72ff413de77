// What a browser fetches when it is wanted is here from the start: no test waits for a file to be compiled.
import '../api/alerts/read-alerts.ts';
import '../app/frame/freeze-banner.tsx';
import '../app/pages/action-pages.tsx';
import '../app/pages/servers/add-server.tsx';
import '../app/pages/servers/history-pages.tsx';
import '../app/pages/alert-pages.tsx';
import '../app/pages/servers/server-pages.tsx';
import '../app/pages/fleet-needs.tsx';
import '../app/pages/not-found.tsx';
import '../app/pages/servers/service-sheets.tsx';
import '../app/pages/settings-pages.tsx';
import '../app/pages/sign-in.tsx';
import '../features/actions/outcome-notice.ts';
import '../features/session/proof/proof-dialog.tsx';
import '../ui/menu/open-menu.tsx';
import '../ui/plot/drawing.tsx';
import '../ui/toast/toaster.tsx';
import type { LiveEvent, StreamHello } from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { createMemoryHistory } from '@tanstack/react-router';
import { act, render } from '@testing-library/react';
import { expect, vi } from 'vitest';
import { FRAME_MS } from '../api/live/fact-pace.ts';
import type { Source } from '../api/live/stream.ts';
import { makeDashboard } from '../app/start.tsx';

/** The browser's EventSource, with the hub's end in the hand of the test. */
export class FakeSource implements Source {
  static all: FakeSource[] = [];
  readyState = 1;
  onerror: ((event: Event) => void) | null = null;
  readonly url: string;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  constructor(url: string) {
    this.url = url;
    FakeSource.all.push(this);
  }

  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(name, listener);
  }

  close(): void {
    this.readyState = 2;
  }

  send(name: string, data: object): void {
    this.#listeners.get(name)?.(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  hello(over: Partial<StreamHello> = {}): void {
    this.send('hello', {
      head: 100,
      resumed: false,
      hub_version: '0.1.0',
      at: new Date().toISOString(),
      ...over,
    });
  }

  fact(fact: LiveEvent): void {
    this.send('fact', fact);
  }

  /** The stream ends; with `isClosed` the browser does not try again. */
  fail(isClosed: boolean): void {
    this.readyState = isClosed ? 2 : 0;
    this.onerror?.(new Event('error'));
  }
}

interface OpenPage {
  readonly source: () => FakeSource;
  readonly tell: (fact: LiveEvent) => Promise<void>;
  readonly client: QueryClient;
  readonly path: () => string;
  /** The browser's Back. */
  readonly back: () => void;
}

/** The whole dashboard at a path, with its stream open. */
export async function openPage(path: string): Promise<OpenPage> {
  FakeSource.all = [];
  vi.stubGlobal('EventSource', FakeSource);
  const { client, router, dashboard } = makeDashboard(createMemoryHistory({ initialEntries: [path] }));
  render(dashboard);
  const source = () => {
    const newest = FakeSource.all.at(-1);
    if (newest === undefined) throw new Error('The page has opened no stream');
    return newest;
  };
  // The first test of a file waits for the parts of the dashboard that are fetched when they are wanted.
  await vi.waitFor(() => expect(router.state.status).toBe('idle'), { timeout: 10_000 });
  if (FakeSource.all.length > 0) await act(async () => source().hello());
  return {
    source,
    client,
    // What follows another fact within a frame is drawn at the end of that frame.
    tell: (fact) =>
      act(async () => {
        source().fact(fact);
        await new Promise((drawn) => setTimeout(drawn, FRAME_MS));
      }),
    path: () => router.state.location.href,
    back: () => router.history.back(),
  };
}
