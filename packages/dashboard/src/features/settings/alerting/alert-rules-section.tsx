import './alerting.css';
import type { AlertRule } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useAlertRules } from '../../../api/alerts/rules.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { RuleForm } from './rule-form.tsx';
import { RuleRow } from './rule-row.tsx';

/** What is an alert, from when on, and who is reminded of it. */
export function AlertRulesSection() {
  const rules = useAlertRules();
  const [edited, setEdited] = useState<AlertRule | null>(null);
  return (
    <>
      <p className="settings-lede">
        Each rule watches one kind of thing on every server. It fires when its limit has been passed for long
        enough, and is over below the second limit: between the two nothing changes, so that nothing flaps.
      </p>
      {rules.isPending && <RowSkeleton rows={8} label="Loading the alert rules" />}
      {rules.isError && rules.data === undefined && (
        <PanelError
          title="Could not load the alert rules"
          detail={detailOf(rules.error)}
          requestId={requestIdOf(rules.error)}
          onRetry={() => void rules.refetch()}
        />
      )}
      {rules.data !== undefined && (
        <ul className="attn rules" aria-label="Alert rules">
          {rules.data.map((rule) => (
            <RuleRow key={rule.kind} rule={rule} onEdit={() => setEdited(rule)} />
          ))}
        </ul>
      )}
      {edited !== null && <RuleForm rule={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
