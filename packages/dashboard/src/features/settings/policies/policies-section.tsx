import type { Policy } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { useAutomation } from '../../../api/guards/automation.ts';
import { usePolicies } from '../../../api/guards/policies.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { PolicyForm } from './policy-form.tsx';
import { PolicyRow } from './policy-row.tsx';

/** Who or what may approve. The narrowest policy wins; without one, a person approves. */
export function PoliciesSection() {
  const policies = usePolicies();
  const mayChange = useMay('putPolicy');
  const halted = useAutomation()?.halted ?? null;
  const [edited, setEdited] = useState<Policy | 'new' | null>(null);
  return (
    <>
      <div className="settings-lede">
        <p>
          Without a policy a person approves. One for a service counts before one for its server, and that
          before one for the whole fleet.
        </p>
        {mayChange && (
          <Button kind="primary" onClick={() => setEdited('new')}>
            Add a policy
          </Button>
        )}
      </div>
      {halted !== null && (
        <p className="mb-4" role="status">
          <Glyph look={{ shape: 'triangle', tone: 'warn' }} /> Automation holds still. {halted.because}
        </p>
      )}
      {policies.isPending && <RowSkeleton rows={3} label="Loading the policies" />}
      {policies.isError && policies.data === undefined && (
        <PanelError
          title="Could not load the policies"
          detail={detailOf(policies.error)}
          requestId={requestIdOf(policies.error)}
          onRetry={() => void policies.refetch()}
        />
      )}
      {policies.data?.length === 0 && <p className="dim">There is none: a person approves everything.</p>}
      {policies.data !== undefined && policies.data.length > 0 && (
        <ul className="attn keys" aria-label="Policies">
          {policies.data.map((policy) => (
            <PolicyRow key={policy.name} policy={policy} onEdit={() => setEdited(policy)} />
          ))}
        </ul>
      )}
      {edited !== null && (
        <PolicyForm policy={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}
