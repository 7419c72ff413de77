import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';

export function NotFoundPage({ what = 'This page' }: { what?: string }) {
  const navigate = useNavigate();
  return (
    <Lone title={`${what.charAt(0).toUpperCase()}${what.slice(1)} does not exist.`}>
      <title>Not found · HomelabCmd</title>
      <p className="lede">It may have been removed, or the address was mistyped.</p>
      <p className="mt-5 flex gap-2">
        <Link className="btn btn-go" to="/">
          Go to the fleet
        </Link>
        <Button onClick={() => void navigate({ to: '/actions' })}>Actions</Button>
      </p>
    </Lone>
  );
}

/** The page itself has failed. Nothing on a server was changed by that. */
export function CrashPage({ error }: { error: unknown }) {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return (
    <Lone title="This page has stopped working.">
      <title>Stopped · HomelabCmd</title>
      <p className="lede">It is the page alone: your servers and the hub go on, and nothing was changed.</p>
      <p className="mt-5">
        <Button kind="primary" onClick={() => window.location.reload()}>
          Load it again
        </Button>
      </p>
      <details className="note mt-6">
        <summary className="cursor-pointer">What it says</summary>
        <pre className="journal plain mt-2">{text}</pre>
      </details>
    </Lone>
  );
}

/** The same where nothing is around it. */
export function WholeCrashPage({ error }: { error: unknown }) {
  return (
    <main className="page">
      <CrashPage error={error} />
    </main>
  );
}

function Lone({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="max-w-[38rem] pt-[12vh]">
      <h1 className="sentence mb-2">{title}</h1>
      {children}
    </section>
  );
}
