import { useTicking } from '../../../lib/hub-clock.ts';
import { absolute, span } from '../../../lib/time-words.ts';

export const useRemaining = (expiresAt: string): string =>
  useTicking((nowMs) => span(Date.parse(expiresAt) - nowMs));

/** `Expires in 23 h 41 min.`, in a line of text. */
export function ExpiresIn({ at }: { at: string }) {
  const remaining = useRemaining(at);
  return (
    <>
      Expires in{' '}
      <time dateTime={at} title={absolute(at)}>
        {remaining}
      </time>
      .
    </>
  );
}
