import { useEffect, useRef } from 'react';

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['j', 'k'], 'Move the cursor over the rows'],
  [['Enter'], 'Open what the cursor is on'],
  [['r'], 'Ask for a restart of the service under the cursor'],
  [['a'], 'Approve the restart under the cursor'],
  [['x'], 'Reject it, with a reason'],
  [['/'], 'Search the fleet'],
  [['g', 'f'], 'Go to the fleet'],
  [['g', 'a'], 'Go to the actions'],
  [['Esc'], 'Take the cursor away, close what is open'],
  [['?'], 'Show this'],
];

/** The keys of the page. The browser's own dialog keeps the focus inside, closes on Esc and gives the focus back. */
export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const open = dialog.current;
    open?.showModal();
    // A press on what lies behind the dialog reaches the dialog itself.
    const closeOutside = (event: MouseEvent) => {
      if (event.target === open) open?.close();
    };
    open?.addEventListener('click', closeOutside);
    return () => open?.removeEventListener('click', closeOutside);
  }, []);
  return (
    <dialog ref={dialog} className="overlay" aria-labelledby="help" onClose={onClose}>
      <h2 id="help">Keys</h2>
      <dl className="key-list">
        {KEYS.map(([keys, what]) => (
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
        They work while nothing is being typed, and only on the row that shows the cursor.
      </p>
    </dialog>
  );
}
