import { Link, useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { detailOf, hasCode, requestIdOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { useCopy } from '../../ui/copy.tsx';
import { Lone } from './lone-pages.tsx';

const AGAIN_MS = 5000;

/** A browser's words for a part of the dashboard that the hub does not have any more, or could not send. */
const MISSING_PART = /dynamically imported module|module script failed|Unable to preload/i;

/** Instead of a page: the hub is away, a part of the dashboard is missing, or the page itself has failed. */
export function CrashPage({ error }: { error: unknown }) {
  if (hasCode(error, 'unavailable')) return <NoHub error={error} />;
  if (error instanceof Error && MISSING_PART.test(error.message)) return <MissingPart error={error} />;
  return (
    <Lone title="This page has stopped working.">
      <title>Stopped · HomelabCmd</title>
      <p className="lede">
        It is the page alone: your servers and the hub go on, and nothing was changed. Load it again; if it
        stops again, the details below say where.
      </p>
      <Ways />
      <Details error={error} />
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

function NoHub({ error }: { error: unknown }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => void router.invalidate(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <Lone title="The hub cannot be reached.">
      <title>No hub · HomelabCmd</title>
      <p className="lede">
        Your servers go on without it, and nothing is restarted meanwhile. Look whether the hub runs and
        whether this device is in its network. This page tries again by itself every 5 seconds.
      </p>
      <p className="mt-5">
        <Button kind="primary" onClick={() => void router.invalidate()}>
          Try now
        </Button>
      </p>
      <p className="note dimmer">{detailOf(error)}</p>
    </Lone>
  );
}

function MissingPart({ error }: { error: Error }) {
  return (
    <Lone title="A part of this page could not be loaded.">
      <title>Not loaded · HomelabCmd</title>
      <p className="lede">
        The hub has been updated since this page was opened, or it cannot be reached. Load the page again:
        nothing was changed.
      </p>
      <Ways />
      <Details error={error} />
    </Lone>
  );
}

function Ways() {
  return (
    <p className="mt-5 flex flex-wrap gap-2">
      <Button kind="primary" onClick={() => window.location.reload()}>
        Load it again
      </Button>
      <Link className="btn" to="/">
        Go to the fleet
      </Link>
    </p>
  );
}

function Details({ error }: { error: unknown }) {
  const requestId = requestIdOf(error);
  const lines = [
    error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error),
    requestId === undefined ? '' : `Request ${requestId}`,
    window.location.pathname,
    navigator.userAgent,
  ];
  const text = lines.filter((line) => line !== '').join('\n');
  const { copy, said } = useCopy(text);
  return (
    <details className="note mt-6">
      <summary className="cursor-pointer">What it says</summary>
      <pre className="journal plain mt-2" tabIndex={0}>
        {text}
      </pre>
      <Copy said={said} onCopy={() => void copy()} />
    </details>
  );
}

function Copy({ said, onCopy }: { said: ReactNode; onCopy: () => void }) {
  return (
    <p className="mt-2 flex items-center gap-3">
      <Button onClick={onCopy}>Copy the details</Button>
      <span role="status">{said}</span>
    </p>
  );
}
