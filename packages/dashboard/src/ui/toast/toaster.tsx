import type { FocusEvent } from 'react';
import { Toaster, toast } from 'sonner';
import { Glyph } from '../glyphs/glyph.tsx';
import type { Notice } from './toast.tsx';

const SHOWN_MS = 6000;
const MOST = 3;

function ToastCard({ notice, dismiss }: { notice: Notice; dismiss: () => void }) {
  const { look, title, detail, link, stays } = notice;
  const follow = () => {
    dismiss();
    link?.open();
  };
  return (
    <div className="toast" role="status">
      <Glyph look={look} />
      <div>
        <p>{title}</p>
        {detail !== undefined && <p>{detail}</p>}
      </div>
      <span className="toast-end">
        {link && (
          <button type="button" className="link" onClick={follow}>
            {link.label}
          </button>
        )}
        {stays && (
          <button type="button" className="link" onClick={dismiss}>
            Dismiss
          </button>
        )}
      </span>
    </div>
  );
}

export function show(notice: Notice): void {
  toast.custom((id) => <ToastCard notice={notice} dismiss={() => toast.dismiss(id)} />, {
    duration: notice.stays ? Number.POSITIVE_INFINITY : SHOWN_MS,
  });
}

/**
 * Sonner remembers where the focus came from and puts it back when it leaves. Since toasts are the last stop of a page,
 * Tab would lead from them back in front of them, for ever. It never learns of the focus: when a toast that has it goes,
 * `keepFocus` finds it a place.
 */
const keepToOurselves = (event: FocusEvent) => event.stopPropagation();

export default function Place() {
  return (
    <div onFocusCapture={keepToOurselves}>
      <Toaster
        position="bottom-right"
        expand
        gap={8}
        visibleToasts={MOST}
        offset={24}
        mobileOffset={{ bottom: 72, left: 16, right: 16 }}
        toastOptions={{ unstyled: true }}
      />
    </div>
  );
}
