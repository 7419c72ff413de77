import type { Silence } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { endSilence } from '../../../api/alerts/silences.ts';
import { detailOf, hasCode } from '../../../api/problem.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { say } from '../../../ui/toast/toast.tsx';

interface EndSilenceProps {
  readonly silence: Silence;
  readonly kind?: 'secondary' | 'quiet';
  /** Where several stand below each other. */
  readonly label?: string;
}

export function EndSilence({ silence, kind = 'quiet', label }: EndSilenceProps) {
  const client = useQueryClient();
  const { send, isSending, off } = useSending('endSilence');
  const end = () =>
    send(async () => {
      try {
        await endSilence(client, silence.silence_id);
      } catch (error) {
        // It has ended by itself meanwhile: that is what was wanted.
        if (hasCode(error, 'not_found')) return;
        const look = { shape: 'diamond', tone: 'bad' } as const;
        say({ look, title: 'Could not end the silence', detail: detailOf(error), stays: true });
      }
    });
  return (
    <Button kind={kind} off={off} isBusy={isSending} aria-label={label} onClick={() => void end()}>
      End silence
    </Button>
  );
}
