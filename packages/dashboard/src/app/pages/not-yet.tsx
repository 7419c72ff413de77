import { hasCode, detailOf, requestIdOf } from '../../api/problem.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { NotFoundPage } from './not-found.tsx';

interface Reading {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** A page whose subject is on its way, is not there, or could not be read. */
export function NotYet({ what, query }: { what: string; query: Reading }) {
  if (query.isPending) {
    return (
      <div className="pt-16">
        <RowSkeleton rows={5} label={`Loading ${what}`} />
      </div>
    );
  }
  if (hasCode(query.error, 'not_found') || hasCode(query.error, 'invalid'))
    return <NotFoundPage what={what} />;
  return (
    <div className="pt-8">
      <PanelError
        title={`Could not load ${what}`}
        detail={detailOf(query.error)}
        requestId={requestIdOf(query.error)}
        onRetry={() => query.refetch()}
      />
    </div>
  );
}
