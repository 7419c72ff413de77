import type { ReactNode } from 'react';

/** While the hub has not said yet who is signed in. */
export function Connecting() {
  return (
    <main className="page late" role="status">
      <p className="dim pt-16">Asking the hub who is signed in.</p>
    </main>
  );
}

export function Lone({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="max-w-[38rem] pt-[12vh]">
      <h1 className="sentence mb-2">{title}</h1>
      {children}
    </section>
  );
}
