import { Link } from '@tanstack/react-router';
import { useKeysOn } from '../../lib/browser/key-switch.ts';
import { useNavigation } from '../routes/navigation.ts';
import { useModal } from '../../ui/use-modal.ts';

type KeyLine = readonly [keys: readonly string[], what: string];

const IN_ROWS: readonly KeyLine[] = [
  [['j', 'k'], 'Move the cursor over the rows'],
  [['Enter'], 'Open what the cursor is on'],
  [['r'], 'Ask for a restart of the service under the cursor'],
  [['a'], 'Approve the restart under the cursor'],
  [['x'], 'Reject it, with a reason'],
  [['e'], 'Acknowledge the alert under the cursor'],
];
const ELSEWHERE: readonly KeyLine[] = [
  [['/'], 'Search, where the page has something to search'],
  [['Ctrl', 'K'], 'Go to any server or service, or restart one'],
  [['Esc'], 'Take the cursor away, close what is open'],
  [['?'], 'Show this'],
];

/** The keys of the page. */
export default function Help({ onClose }: { onClose: () => void }) {
  const areKeysOn = useKeysOn();
  const dialog = useModal();
  const goTo = useNavigation().map(({ key, word }): KeyLine => [['g', key], `Go to ${word}`]);
  return (
    <dialog ref={dialog} className="overlay" aria-labelledby="help" onClose={onClose}>
      <h2 id="help">Keys</h2>
      <dl className="key-list">
        {[...IN_ROWS, ...goTo, ...ELSEWHERE].map(([keys, what]) => (
          <div key={what} className="contents">
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd className="dim">{what}</dd>
          </div>
        ))}
      </dl>
      <p className="note dim">
        {areKeysOn
          ? 'They work while nothing is being typed. Those for a row work only on the one that shows the cursor.'
          : 'Single keys are switched off in this browser; Ctrl K works all the same.'}{' '}
        <Link
          className="link"
          to="/settings/$section"
          params={{ section: 'browser' }}
          onClick={() => dialog.current?.close()}
        >
          Switch them {areKeysOn ? 'off' : 'on'}
        </Link>
      </p>
    </dialog>
  );
}
