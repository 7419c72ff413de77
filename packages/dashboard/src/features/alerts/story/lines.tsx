import { visible } from '@homelabcmd/protocol';

/** The last lines of its journal. They are a server's text, whatever they hold. */
export function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <section aria-labelledby="story-lines">
      <div className="sec">
        <h3 id="story-lines">Last lines</h3>
      </div>
      <pre className="journal plain" tabIndex={0} role="group" aria-label="Last lines of the journal">
        {lines.map((line, at) => (
          <span key={`${at} ${line}`}>
            {visible(line)}
            {at < lines.length - 1 ? '\n' : ''}
          </span>
        ))}
      </pre>
    </section>
  );
}
