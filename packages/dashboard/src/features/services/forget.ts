import type { Service } from '@homelabcmd/protocol';
import { expectAgain, forgetService } from '../../api/expectation/change.ts';
import { detailOf } from '../../api/problem.ts';
import { say } from '../../ui/toast/toast.tsx';

/** Waits for a change; where the hub says no, says so. @returns whether it was made */
export async function orSay(title: string, change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    say({ look: { shape: 'diamond', tone: 'bad' }, title, detail: detailOf(error), stays: true });
    return false;
  }
}

/** Stops expecting a service, and offers to expect it again as it was. */
export async function forgetWithUndo(service: Service): Promise<void> {
  const name = service.service_name;
  if (!(await orSay(`Could not stop expecting ${name}`, forgetService(service)))) return;
  say({
    look: { shape: 'ringInfo', tone: 'mute' },
    title: `${name} is no longer expected`,
    detail: `On ${service.server_id}. It goes on as before, and its actions stay in the record.`,
    link: { label: 'Undo', open: () => void orSay(`Could not expect ${name} again`, expectAgain(service)) },
  });
}
