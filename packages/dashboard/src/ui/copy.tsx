import { visible } from '@homelabcmd/protocol';
import { useEffect, useState } from 'react';
import { Icon } from './glyphs/icon.tsx';

const SAID_MS = 2000;

/** `navigator.clipboard` is there only on https and localhost; a page served in the home network is often neither. */
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'sr';
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}

const SIZES = { row: '', large: 'is-large', wrapped: 'is-wrapped' } as const;

/** A command to type on a server, with Copy. What is copied is what is seen. `wrapped`: all of it is seen. */
export function Command({ text, size = 'row' }: { text: string; size?: keyof typeof SIZES }) {
  return (
    <p className={`cmd ${SIZES[size]}`}>
      <code tabIndex={0}>{text}</code>
      <CopyButton text={visible(text)} what="command" />
    </p>
  );
}

/** Something to be kept elsewhere, with Copy. `what` says what it is: `key`. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <p className="cmd is-text">
      <code tabIndex={0}>{text}</code>
      <CopyButton text={text} what={what} />
    </p>
  );
}

interface Copying {
  readonly copy: () => Promise<void>;
  /** What has just come of it, or `null`. */
  readonly said: 'Copied' | 'Could not copy' | null;
}

export function useCopy(text: string): Copying {
  const [said, setSaid] = useState<Copying['said']>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => setSaid((await copyText(text)) ? 'Copied' : 'Could not copy');
  return { copy, said };
}

function CopyButton({ text, what }: { text: string; what: string }) {
  const { copy, said } = useCopy(text);
  return (
    <>
      <button type="button" className="icon-btn" aria-label={`Copy ${what}`} title="Copy" onClick={copy}>
        <Icon name={said === 'Copied' ? 'tick' : 'copy'} />
      </button>
      <span className="sr" role="status">
        {said}
      </span>
    </>
  );
}
