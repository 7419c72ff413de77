import type { Server } from '@homelabcmd/protocol';
import { useState } from 'react';
import { expectService, expectServices } from '../../../api/expectation/change.ts';
import { useOff } from '../../../api/access/may.ts';
import { detailOf } from '../../../api/problem.ts';
import { plural } from '../../../lib/units.ts';
import { say } from '../../../ui/toast/toast.tsx';

interface Expect {
  /** @returns whether the hub has stored it */
  readonly expectAll: (names: readonly string[]) => Promise<boolean>;
  /** One by its name; the sheet that asks stays open over the toasts, so it tells the result itself. */
  readonly expectOne: (name: string) => Promise<boolean>;
  readonly isSending: boolean;
  /** Why nothing can be asked for now, or `null`. */
  readonly off: string | null;
  /** What the hub said to the last try, or `null`. */
  readonly problem: string | null;
}

/** Says of services that they should run, and tells what came of it. */
export function useExpect({ server_id: serverId }: Server): Expect {
  const off = useOff('expectServices');
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (ask: () => Promise<void>): Promise<boolean> => {
    if (isSending || off !== null) return false;
    setSending(true);
    setProblem(null);
    try {
      await ask();
      return true;
    } catch (error) {
      setProblem(detailOf(error));
      return false;
    } finally {
      setSending(false);
    }
  };
  return {
    isSending,
    off,
    problem,
    expectAll: (names) =>
      send(async () => {
        const { added, alreadyExpected } = await expectServices(serverId, names);
        say(resultNotice(serverId, added, alreadyExpected));
      }),
    expectOne: (name) => send(() => expectService(serverId, { service_name: name })),
  };
}

function resultNotice(serverId: string, added: readonly string[], already: readonly string[]) {
  const alreadyWords =
    already.length === 0
      ? undefined
      : `${already.join(', ')} ${already.length === 1 ? 'was' : 'were'} expected already, and ${already.length === 1 ? 'stays' : 'stay'} as before.`;
  if (added.length === 0)
    return {
      look: { shape: 'ringInfo', tone: 'mute' },
      title: 'Nothing was added',
      detail: alreadyWords,
    } as const;
  return {
    look: { shape: 'discTick', tone: 'ok' },
    title: `${plural(added.length, 'service')} added to what ${serverId} should run`,
    detail: alreadyWords,
  } as const;
}
