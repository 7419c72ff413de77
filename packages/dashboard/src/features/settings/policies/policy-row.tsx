import type { Policy } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { removePolicy, resumePolicy } from '../../../api/guards/policies.ts';
import { useSending } from '../../../api/use-sending.ts';
import { MODE_WORDS, scopeWords } from '../../../api/vocabulary/policy.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { Ago, At } from '../../../ui/time.tsx';
import { absolute } from '../../../lib/time-words.ts';
import { RemoveStrip } from '../remove-strip.tsx';

interface PolicyRowProps {
  readonly policy: Policy;
  readonly onEdit: () => void;
}

export function PolicyRow({ policy, onEdit }: PolicyRowProps) {
  const { name } = policy;
  const [isAsking, setAsking] = useState(false);
  const mayChange = useMay('putPolicy');
  const { send, isSending, off, problem } = useSending('resumePolicy');
  const canResume = policy.paused !== null || policy.noted?.note.startsWith('Stopped') === true;
  return (
    <li data-policy={name}>
      <div className="attn-head">
        <Icon name="tick" />
        <div>
          <p className="what">
            {name} {policy.shadow && <span className="badge">shadow</span>}{' '}
            {policy.expired && <span className="badge">expired</span>}{' '}
            {policy.paused !== null && <span className="badge">paused</span>}
          </p>
          <Terms policy={policy} />
          {policy.paused !== null && (
            <p className="why">
              <Glyph look={{ shape: 'triangle', tone: 'warn' }} /> Automation paused{' '}
              <Ago at={policy.paused.at} />. {policy.paused.because}
            </p>
          )}
          {policy.noted !== null && (
            <p className="why">
              {policy.noted.note}. <Ago at={policy.noted.at} />
            </p>
          )}
          {problem !== null && <FormError words={problem} />}
        </div>
        {mayChange && !isAsking && (
          <div className="row-actions">
            {canResume && (
              <Button off={off} isBusy={isSending} onClick={() => void send(() => resumePolicy(name))}>
                Resume
              </Button>
            )}
            <Button kind="quiet" aria-label={`Edit ${name}`} onClick={onEdit}>
              Edit…
            </Button>
            <Button kind="quiet" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
              Remove…
            </Button>
          </div>
        )}
      </div>
      {isAsking && (
        <RemoveStrip
          name={name}
          words={withoutIt(policy)}
          route="deletePolicy"
          remove={() => removePolicy(name)}
          onKeep={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function Terms({ policy }: { policy: Policy }) {
  const { expires_at, hours, remediate, wait_ms } = policy;
  return (
    <p className="why">
      {MODE_WORDS[policy.mode]}, for {scopeWords(policy)}.{' '}
      {hours !== null && `From ${hours.from} to ${hours.to} (${hours.time_zone}). `}
      {remediate && `Asks for a restart when a service has been down for ${Math.round(wait_ms / 1000)} s. `}
      {expires_at !== null && (
        <>
          {policy.expired ? 'Ended' : 'Ends'} <At at={expires_at} of={absolute} />.{' '}
        </>
      )}
      <span className="dim">
        By {policy.changed_by}, <Ago at={policy.changed_at} />.
      </span>
    </p>
  );
}

const withoutIt = (policy: Policy): string =>
  policy.mode === 'two_person'
    ? 'From then on one person can ask and approve here. You stay bound by it: what you ask for, somebody else approves.'
    : `Then the next wider policy counts for ${scopeWords(policy)}, or a person approves.`;
