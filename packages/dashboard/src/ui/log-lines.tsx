import { visible } from '@homelabcmd/protocol';
import { clockMs } from '../lib/time-words.ts';

export interface LogLine {
  readonly at: string;
  readonly source: string;
  readonly text: string;
  readonly isBad: boolean;
}

/** What a machine wrote, as it wrote it. It is text whatever it holds, and one line, even if it is an end of a line alone. */
export function LogLines({
  lines,
  isPlain = false,
  label,
}: {
  lines: readonly LogLine[];
  isPlain?: boolean;
  label: string;
}) {
  return (
    <pre className={`journal ${isPlain ? 'plain' : ''}`} tabIndex={0} role="group" aria-label={label}>
      {lines.map((line, index) => (
        <span key={`${line.at} ${index}`}>
          <span className="ts">{clockMs(line.at)}</span> {visible(line.source)}:{' '}
          {line.isBad ? <em>{visible(line.text)}</em> : visible(line.text)}
          {index < lines.length - 1 ? '\n' : ''}
        </span>
      ))}
    </pre>
  );
}
