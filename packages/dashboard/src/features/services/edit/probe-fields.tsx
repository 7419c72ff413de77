import type { ReactNode } from 'react';
import { PROBE_TARGETS_FILE } from '../../../api/vocabulary/probe.ts';
import { Choice, TextField } from '../../../ui/form/fields.tsx';
import { type FieldErrors, PORT_TO_FILL_IN, type ProbeDraft, type ProbeField } from './probe-draft.ts';

const KINDS = [
  ['none', 'None'],
  ['http', 'HTTP'],
  ['tcp', 'TCP'],
] as const;

interface ProbeFieldsProps {
  readonly serverId: string;
  readonly draft: ProbeDraft;
  readonly errors: FieldErrors<ProbeField>;
  readonly onChange: (draft: ProbeDraft) => void;
}

/** What the agent asks of the service while it runs. */
export function ProbeFields({ serverId, draft, errors, onChange }: ProbeFieldsProps) {
  const field = (name: ProbeField) => ({
    name,
    value: draft[name],
    error: errors[name],
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  return (
    <div className="form-set">
      <h3>Probe</h3>
      <p className="hint">
        A service can run and not work. A probe asks it, on {serverId} itself, and says «Not answering» when
        no good answer comes.
      </p>
      <Choice
        label="Probe"
        options={KINDS}
        value={draft.kind}
        onChange={(kind) => onChange({ ...draft, kind })}
      />
      {draft.kind === 'http' && <HttpFields field={field} />}
      {draft.kind === 'tcp' && <TcpFields field={field} />}
      {draft.kind !== 'none' && <TimingFields field={field} />}
      {draft.kind !== 'none' && (
        <p className="hint">
          Only loopback (<code>127.0.0.1</code>, <code>::1</code>, <code>localhost</code>) may be asked,
          unless root on {serverId} lists more in <code>{PROBE_TARGETS_FILE}</code>.
        </p>
      )}
    </div>
  );
}

interface FieldProps {
  readonly field: (name: ProbeField) => {
    readonly name: ProbeField;
    readonly value: string;
    readonly error: string | undefined;
    readonly onChange: (value: string) => void;
  };
}

const Pair = ({ children }: { children: ReactNode }) => <div className="form-pair">{children}</div>;

/** The part of the address that nobody can guess is selected, so that typing replaces it. */
function selectPort(input: HTMLInputElement): void {
  const at = input.value.indexOf(PORT_TO_FILL_IN);
  if (at !== -1) input.setSelectionRange(at, at + PORT_TO_FILL_IN.length);
}

/** An address that is pasted whole takes the place of all that stands there. */
function makeRoomFor(pasted: string, input: HTMLInputElement): void {
  if (/^\s*https?:\/\//i.test(pasted)) input.select();
}

function HttpFields({ field }: FieldProps) {
  return (
    <>
      <TextField
        label="Address"
        isCode
        inputMode="url"
        {...field('url')}
        hint="Redirects are answers and are not followed."
        onFocus={(event) => selectPort(event.currentTarget)}
        onPaste={(event) => makeRoomFor(event.clipboardData.getData('text'), event.currentTarget)}
      />
      <Pair>
        <TextField
          label="Status"
          placeholder="200 to 399"
          inputMode="numeric"
          {...field('expectStatus')}
          hint="Empty: all from 200 to 399."
        />
        <TextField
          label="Text in the page"
          {...field('expectBody')}
          hint="Empty: the page does not matter."
        />
      </Pair>
    </>
  );
}

function TcpFields({ field }: FieldProps) {
  return (
    <Pair>
      <TextField label="Host" isCode {...field('host')} />
      <TextField label="Port" inputMode="numeric" {...field('port')} />
    </Pair>
  );
}

function TimingFields({ field }: FieldProps) {
  return (
    <div className="form-three">
      <TextField label="Ask every" unit="s" inputMode="decimal" {...field('intervalSeconds')} />
      <TextField label="Wait for an answer" unit="s" inputMode="decimal" {...field('timeoutSeconds')} />
      <TextField label="Failures in a row" inputMode="numeric" {...field('failures')} />
    </div>
  );
}
