import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeQueryClient } from '../api/query-client.ts';
import { sessionQuery } from '../api/session.ts';
import { makeRouter } from './router.tsx';

/** Draws the dashboard into an element. */
export function start(element: HTMLElement): void {
  const client = makeQueryClient(() => {
    // The router asks who is signed in, learns that nobody is, and goes to the door.
    if (router.state.location.pathname === '/sign-in') return;
    client.removeQueries({ queryKey: sessionQuery.queryKey });
    void router.invalidate();
  });
  const router = makeRouter(client);
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
