import { createContext, use } from 'react';
import { useConnection, useConnectionState, type Connection } from './connection.ts';
import type { Stream } from './stream.ts';

export const StreamContext = createContext<Stream | null>(null);

function useStream(): Stream {
  const stream = use(StreamContext);
  if (stream === null) throw new Error('There is no stream around this component');
  return stream;
}

export const useLive = (): Connection => useConnection(useStream().connection);

export function useTryNow(): () => void {
  const stream = useStream();
  return () => stream.open();
}

/** Why nothing can be acted on now, or `null`. */
export function useActingOff(): string | null {
  const state = useConnectionState(useStream().connection);
  return state === 'live' ? null : 'Not connected to the hub';
}

export const useIsLost = (): boolean => useConnectionState(useStream().connection) === 'lost';
