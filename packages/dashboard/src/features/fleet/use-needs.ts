import { useMemo } from 'react';
import { useOpenActions } from '../../api/actions.ts';
import { useServers } from '../../api/servers.ts';
import { useExpected } from '../../api/services.ts';
import { countHealthy, type Need, needsOf } from './needs-you.ts';

interface Needs {
  readonly needs: readonly Need[];
  readonly healthy: number;
  /** False while a part of the fleet has not been read: then nothing may be called well. */
  readonly isKnown: boolean;
}

export function useNeeds(): Needs {
  const servers = useServers().data;
  const expected = useExpected().data;
  const openActions = useOpenActions().data;
  return useMemo(() => {
    const fleet = { servers: servers ?? [], expected: expected ?? [], openActions: openActions ?? [] };
    return {
      needs: needsOf(fleet),
      healthy: countHealthy(fleet),
      isKnown: servers !== undefined && expected !== undefined && openActions !== undefined,
    };
  }, [servers, expected, openActions]);
}
