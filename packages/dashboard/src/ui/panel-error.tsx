import { Button } from './button.tsx';
import { Status } from './glyphs/glyph.tsx';

interface PanelErrorProps {
  /** What could not be done: `Could not load the services of media-01`. */
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly onRetry: () => void;
}

/** One panel failed; the page did not. */
export function PanelError({ title, detail, requestId, onRetry }: PanelErrorProps) {
  return (
    <div className="panel-error" role="alert">
      <p>
        <Status look={{ shape: 'diamond', tone: 'bad', word: title }} />
      </p>
      <p className="dim">{detail}</p>
      <div className="ends">
        <Button onClick={onRetry}>Try again</Button>
        {requestId !== undefined && (
          <span className="small dimmer">
            Request <span className="mono">{requestId}</span>
          </span>
        )}
      </div>
    </div>
  );
}
