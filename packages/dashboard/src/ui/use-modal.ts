import { type RefObject, useEffect, useRef } from 'react';

/**
 * Opens a dialog as long as it is drawn. The browser's own dialog keeps the focus inside, closes on Esc and gives the
 * focus back; a press on what lies behind it closes it, too.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
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
  return dialog;
}
