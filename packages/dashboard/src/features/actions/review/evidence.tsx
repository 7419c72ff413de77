import type { Action, OrderResult } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useService } from '../../../api/services.ts';
import { statusLook } from '../../../api/vocabulary/service.ts';
import { clock, exactSpan } from '../../../lib/time-words.ts';
import { NO_READING, bytes } from '../../../lib/units.ts';
import { Button } from '../../../ui/button.tsx';
import { Command, useCopy } from '../../../ui/copy.tsx';
import { Status } from '../../../ui/glyphs/glyph.tsx';
import { At } from '../../../ui/time.tsx';
import { nextStepOf } from './next-step.ts';

type Snapshot = NonNullable<OrderResult['before']>;

/** Beside an action that is over: how it ended, and what proves it. */
export function Evidence({ action }: { action: Action }) {
  const { result } = action;
  const hasRun = result !== null && (result.exit_code !== null || result.ran_ms !== null);
  return (
    <aside className="decide" aria-label="Evidence">
      {hasRun ? (
        <div className="grid grid-cols-[1fr_2fr] gap-x-4">
          <Figure
            name="Exit code"
            value={result.exit_code === null ? NO_READING : String(result.exit_code)}
          />
          <Figure
            name="systemd took"
            value={result.ran_ms === null ? NO_READING : exactSpan(result.ran_ms)}
          />
          {action.status === 'failed' && result.code !== null && (
            <p className="mono small dim col-span-2 mt-1">{result.code}</p>
          )}
        </div>
      ) : (
        <div>
          <p className="lab">Ran</p>
          <p className="countdown">{action.status === 'abandoned' ? 'not known' : 'never'}</p>
          {result?.code !== undefined && result.code !== null && (
            <p className="mono small dim mt-1">{result.code}</p>
          )}
        </div>
      )}
      <Next action={action} />
      {result !== null && (result.before !== null || result.after !== null) && (
        <BeforeAfter before={result.before} after={result.after} />
      )}
      {hasRun && <Output output={result.output} />}
      <Ends action={action} />
    </aside>
  );
}

/** What to do now, with the command where the server does not allow the restart. */
function Next({ action }: { action: Action }) {
  const { result, server_id, target } = action;
  const service = useService(server_id, target);
  const step = nextStepOf(action);
  if (step === null) return null;
  const forbidden = service?.restartable.allowed === false ? service.restartable : null;
  const command = result?.code === 'not_allowed' ? (forbidden?.fix_command ?? null) : null;
  return (
    <div>
      <p className="lab">What to do</p>
      <p className="mt-1">{step}</p>
      {command !== null && (
        <div className="mt-2">
          <Command text={command} />
        </div>
      )}
    </div>
  );
}

function Ends({ action }: { action: Action }) {
  const { copy, said } = useCopy(JSON.stringify(action, null, 2));
  return (
    <div className="grid grid-cols-2 gap-2">
      <Link className="btn" to="/servers/$serverId" params={{ serverId: action.server_id }}>
        <span className="clip">Open {action.server_id}</span>
      </Link>
      <Button onClick={() => void copy()}>{said ?? 'Copy as JSON'}</Button>
      <span className="sr" role="status">
        {said}
      </span>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <p className="lab">{name}</p>
      <p className="countdown">{value}</p>
    </div>
  );
}

function Output({ output }: { output: string }) {
  return (
    <div>
      <p className="lab">Output</p>
      {output.trim() === '' ? (
        <p className="note mt-0.5">systemctl printed nothing, as it does when all goes well.</p>
      ) : (
        <pre className="journal plain mt-1.5" tabIndex={0}>
          {output}
        </pre>
      )}
    </div>
  );
}

const SHORT_ID = 8;

function BeforeAfter({ before, after }: { before: Snapshot | null; after: Snapshot | null }) {
  const isNewRun = before !== null && after !== null && before.invocation_id !== after.invocation_id;
  return (
    <div>
      <p className="lab" id="before-after">
        Before and after
      </p>
      <table className="ba" aria-labelledby="before-after">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">What</span>
            </th>
            <Moment of={before} name="Before" />
            <Moment of={after} name="After" />
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">State</th>
            <State of={before} />
            <State of={after} />
          </tr>
          <tr>
            <th scope="row">PID</th>
            <td className="mono small">{before?.pid ?? NO_READING}</td>
            <td className="mono small">{after?.pid ?? NO_READING}</td>
          </tr>
          <tr>
            <th scope="row">InvocationID</th>
            <Invocation of={before} isNew={false} />
            <Invocation of={after} isNew={isNewRun} />
          </tr>
          <tr>
            <th scope="row">Memory</th>
            <td>{bytes(before?.memory_bytes ?? null)}</td>
            <td>{bytes(after?.memory_bytes ?? null)}</td>
          </tr>
        </tbody>
      </table>
      {isNewRun && after.status === 'running' && <p className="note">One run, with a new InvocationID.</p>}
    </div>
  );
}

function Moment({ of, name }: { of: Snapshot | null; name: string }) {
  return (
    <th scope="col">
      <span className="sr">{name} </span>
      {of === null ? NO_READING : <At at={of.at} of={clock} />}
    </th>
  );
}

function State({ of }: { of: Snapshot | null }) {
  return <td>{of === null ? NO_READING : <Status look={statusLook(of.status)} />}</td>;
}

function Invocation({ of, isNew }: { of: Snapshot | null; isNew: boolean }) {
  const id = of?.invocation_id ?? '';
  return (
    <td className={`mono small ${isNew ? 'strong' : ''}`} title={id}>
      {id === '' ? NO_READING : `${id.slice(0, SHORT_ID)}…`}
    </td>
  );
}
