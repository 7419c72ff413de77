import { type AlertRule, AlertSeverity } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { putRule } from '../../../api/alerts/rules.ts';
import { kindWord, severityLook, unitWord } from '../../../api/alerts/words.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { Choice, FormError, TextField } from '../../../ui/form/fields.tsx';
import { type RuleDraft, type RuleErrors, draftOf, readDraft } from './rule-draft.ts';

const SEVERITIES = AlertSeverity.options.map((severity) => [severity, severityLook(severity).word] as const);

/** All settings of a rule, judged as the hub judges them. */
export function RuleForm({ rule, onClose }: { rule: AlertRule; onClose: () => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(rule.settings));
  const [isTried, setTried] = useState(false);
  const { send, isSending, off, problem } = useSending('putAlertRule');
  const read = readDraft(rule, draft);
  const errors = isTried && 'errors' in read ? read.errors : {};
  const change = (part: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...part }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if ('errors' in read) return;
    if (await send(() => putRule(client, rule.kind, read.settings))) onClose();
  };
  return (
    <Dialog title={`Rule: ${kindWord(rule.kind)}`} onClose={onClose}>
      <form className="dialog-form" noValidate onSubmit={(event) => void submit(event)}>
        <p className="dim">{rule.summary}</p>
        <Severities draft={draft} change={change} />
        <Limits rule={rule} draft={draft} errors={errors} change={change} />
        <TextField
          label="Held for (0 s: at once)"
          value={draft.held}
          error={errors.held}
          onChange={(held) => change({ held })}
        />
        <div className="form-pair">
          <TextField
            label="Told again every (empty: never)"
            placeholder="Never"
            value={draft.repeat}
            error={errors.repeat}
            onChange={(repeat) => change({ repeat })}
          />
          <TextField
            label="Escalates after (empty: never)"
            placeholder="Never"
            value={draft.escalate}
            error={errors.escalate}
            onChange={(escalate) => change({ escalate })}
          />
        </div>
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off} isBusy={isSending}>
            Save the rule
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}

interface PartProps {
  readonly draft: RuleDraft;
  readonly change: (part: Partial<RuleDraft>) => void;
}

function Severities({ draft, change }: PartProps) {
  return (
    <>
      <div className="form-row">
        <span className="form-head">Severity</span>
        <Choice
          label="Severity"
          options={SEVERITIES}
          value={draft.severity}
          onChange={(severity) => change({ severity })}
        />
      </div>
      {draft.severityIfCritical !== null && (
        <div className="form-row">
          <span className="form-head">Of a critical service</span>
          <Choice
            label="Severity of a critical service"
            options={SEVERITIES}
            value={draft.severityIfCritical}
            onChange={(severityIfCritical) => change({ severityIfCritical })}
          />
        </div>
      )}
    </>
  );
}

function Limits({ rule, draft, errors, change }: PartProps & { rule: AlertRule; errors: RuleErrors }) {
  const { defaults, unit } = rule;
  if (defaults.limit === null || unit === null) return null;
  return (
    <div className="form-pair">
      <TextField
        label="Fires at"
        unit={unitWord(unit)}
        inputMode="decimal"
        value={draft.limit}
        error={errors.limit}
        onChange={(limit) => change({ limit })}
      />
      {defaults.clears_at !== null && (
        <TextField
          label="Is over at"
          unit={unitWord(unit)}
          inputMode="decimal"
          value={draft.clearsAt}
          error={errors.clearsAt}
          onChange={(clearsAt) => change({ clearsAt })}
        />
      )}
    </div>
  );
}
