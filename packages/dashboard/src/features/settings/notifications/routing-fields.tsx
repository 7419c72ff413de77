import { AlertKind, AlertSeverity } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useServers } from '../../../api/servers.ts';
import { Check, TextField } from '../../../ui/form/fields.tsx';
import type { ChannelDraft } from './channel-draft.ts';
import { kindWord } from './routing-words.ts';

interface PartProps {
  readonly draft: ChannelDraft;
  readonly change: (part: Partial<ChannelDraft>) => void;
}

/** Which alerts it is told of: where nothing is chosen, all of them. */
export function RoutingFields({ draft, change }: PartProps) {
  const servers = useServers().data ?? [];
  const { severities, kinds, servers: chosen } = draft;
  // One that was removed since is there as long as it is chosen: else nobody could take it out.
  const [known] = useState(chosen);
  const names = [...new Set([...servers.map(({ server_id }) => server_id), ...known])];
  return (
    <>
      <Several
        legend="Only these severities"
        options={AlertSeverity.options}
        chosen={severities}
        wordOf={(one) => one}
        onChange={(next) => change({ severities: next })}
      />
      <details className="more-fields">
        <summary>Only some kinds, servers or tags</summary>
        <Several
          legend="Only these kinds"
          options={AlertKind.options}
          chosen={kinds}
          wordOf={kindWord}
          onChange={(next) => change({ kinds: next })}
        />
        {names.length > 0 && (
          <Several
            legend="Only these servers"
            options={names}
            chosen={chosen}
            wordOf={(one) => one}
            onChange={(next) => change({ servers: next })}
          />
        )}
        <TextField
          label="And servers with one of these tags"
          placeholder="attic, media"
          value={draft.tags}
          onChange={(tags) => change({ tags })}
        />
      </details>
    </>
  );
}

interface SeveralProps<T extends string> {
  readonly legend: string;
  readonly options: readonly T[];
  readonly chosen: readonly T[];
  readonly wordOf: (option: T) => string;
  readonly onChange: (chosen: T[]) => void;
}

function Several<T extends string>({ legend, options, chosen, wordOf, onChange }: SeveralProps<T>) {
  return (
    <fieldset className="several">
      <legend className="form-head">{legend}</legend>
      {options.map((option) => (
        <Check
          key={option}
          label={wordOf(option)}
          isOn={chosen.includes(option)}
          onChange={(isOn) =>
            onChange(isOn ? [...chosen, option] : chosen.filter((other) => other !== option))
          }
        />
      ))}
    </fieldset>
  );
}

/** When nothing is sent. */
export function QuietFields({ draft, change }: PartProps) {
  return (
    <>
      <Check
        label="Quiet hours"
        hint="What still holds when they end is told in one message."
        isOn={draft.isQuiet}
        onChange={(isQuiet) => change({ isQuiet })}
      />
      {draft.isQuiet && (
        <>
          <div className="form-three">
            <TextField label="From" type="time" value={draft.from} onChange={(from) => change({ from })} />
            <TextField label="To" type="time" value={draft.to} onChange={(to) => change({ to })} />
            <TextField
              label="Time zone"
              isCode
              value={draft.timeZone}
              onChange={(timeZone) => change({ timeZone })}
            />
          </div>
          <Check
            label="Critical alerts are told all the same"
            isOn={draft.criticalPasses}
            onChange={(criticalPasses) => change({ criticalPasses })}
          />
        </>
      )}
    </>
  );
}
