import { QueryClientProvider } from '@tanstack/react-query';
import { type RouterHistory, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { forgetSession, makeQueryClient } from '../api/query-client.ts';
import { keepFocus } from '../lib/keep-focus.ts';
import { makeRouter } from './router.tsx';

/** The cache and the pages, tied together. Without a `history` the address is the browser's. */
export function makeDashboard(history?: RouterHistory) {
  const client = makeQueryClient(() => {
    // The router asks who is signed in, learns that nobody is, and goes to the door.
    forgetSession(client);
    void router.invalidate();
  });
  const router = makeRouter(client, history);
  const dashboard = (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
  return { client, router, dashboard };
}

/** Draws the dashboard into an element. */
export function start(element: HTMLElement): void {
  keepFocus();
  createRoot(element).render(<StrictMode>{makeDashboard().dashboard}</StrictMode>);
}
