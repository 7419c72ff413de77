import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { PrincipalContext } from '../../api/access/may.ts';
import { forgetSession } from '../../api/query-client.ts';
import { Stream } from '../../api/live/stream.ts';
import { StreamContext } from '../../api/live/use-stream.ts';
import { useSession } from '../../api/session.ts';
import { part } from '../../lib/part.ts';
import { Toasts, say } from '../../ui/toast/toast.tsx';
import { ProofDoor } from './proof-door.tsx';
import { Shell } from './shell.tsx';

/** How the outcome of an action is told: of no use before one has moved on. */
const loadNotices = part(() => import('../../features/actions/outcome-notice.ts'));

/** Everything behind the door: one stream for as long as someone is signed in. */
export function Inside() {
  const client = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  const principal = useSession().data?.principal ?? null;
  const [stream] = useState(
    () =>
      new Stream({
        client,
        onFact: (fact) => {
          const open = (actionId: number) =>
            void navigate({ to: '/actions/$actionId', params: { actionId: String(actionId) } });
          if ('action' in fact.data)
            void loadNotices().then(({ outcomeNotice }) => {
              const notice = outcomeNotice(fact, open);
              if (notice !== null) say(notice);
            });
        },
        onSignedOut: () => {
          forgetSession(client);
          void router.invalidate();
        },
      }),
  );
  useEffect(() => {
    stream.open();
    return () => stream[Symbol.dispose]();
  }, [stream]);
  return (
    <StreamContext value={stream}>
      <PrincipalContext value={principal}>
        <Shell />
        <Toasts />
        <ProofDoor />
      </PrincipalContext>
    </StreamContext>
  );
}
