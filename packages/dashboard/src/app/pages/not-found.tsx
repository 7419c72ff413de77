import { Link, useLocation } from '@tanstack/react-router';
import { Lone } from './lone-pages.tsx';

/** Hardly ever there, so it is fetched when it is. */
export function NotFoundPage({ what = 'This page' }: { what?: string }) {
  const path = useLocation({ select: (location) => location.pathname });
  return (
    <Lone title={`${what.charAt(0).toUpperCase()}${what.slice(1)} does not exist.`}>
      <title>Not found · HomelabCmd</title>
      <p className="lede">
        There is nothing at <code className="break-all">{path}</code>. It may have been removed, or the
        address was mistyped.
      </p>
      <p className="mt-5 flex flex-wrap gap-2">
        <Link className="btn btn-go" to="/">
          Go to the fleet
        </Link>
        <Link className="btn" to="/actions">
          Actions
        </Link>
        <Link className="btn" to="/settings/$section" params={{ section: 'servers' }}>
          All servers
        </Link>
      </p>
    </Lone>
  );
}
