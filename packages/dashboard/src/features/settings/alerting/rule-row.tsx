import type { AlertRule } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useMay } from '../../../api/access/may.ts';
import { putRule, resetRule } from '../../../api/alerts/rules.ts';
import { kindWord, measuredWords, severityLook } from '../../../api/alerts/words.ts';
import { useSending } from '../../../api/use-sending.ts';
import { durationWords } from '../../../lib/duration.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { Ago } from '../../../ui/time.tsx';

/** One rule: what it watches, how it judges, and the switch. */
export function RuleRow({ rule, onEdit }: { rule: AlertRule; onEdit: () => void }) {
  const client = useQueryClient();
  const { kind, settings, summary, changed_at, changed_by } = rule;
  const word = kindWord(kind);
  const mayChange = useMay('putAlertRule');
  const { send, isSending, off, problem } = useSending('putAlertRule');
  const resetting = useSending('resetAlertRule');
  const turn = () => send(() => putRule(client, kind, { ...settings, enabled: !settings.enabled }));
  const reset = () => resetting.send(() => resetRule(client, kind));
  return (
    <li data-rule={kind} data-on={settings.enabled}>
      <div className="attn-head">
        <Glyph
          look={settings.enabled ? severityLook(settings.severity) : { shape: 'ringBar', tone: 'mute' }}
        />
        <div>
          <p className="what">{word}</p>
          <p className="why">{summary}</p>
          <p className="why">{settings.enabled ? termsOf(rule) : 'Off: nobody is told of it.'}</p>
          {changed_at !== null && (
            <p className="why dimmer">
              Changed by {changed_by}, <Ago at={changed_at} />.
            </p>
          )}
          {(problem ?? resetting.problem) !== null && <FormError words={problem ?? resetting.problem} />}
        </div>
        {mayChange && (
          <div className="row-actions">
            {changed_at !== null && (
              <Button
                kind="plain"
                off={resetting.off}
                isBusy={resetting.isSending}
                aria-label={`Reset ${word}`}
                onClick={() => void reset()}
              >
                Reset
              </Button>
            )}
            <Button kind="quiet" aria-label={`Change ${word}`} onClick={onEdit}>
              Change…
            </Button>
            <button
              type="button"
              role="switch"
              className="switch"
              aria-checked={settings.enabled}
              aria-disabled={off !== null || isSending || undefined}
              aria-label={word}
              title={off ?? (settings.enabled ? 'Turn it off' : 'Turn it on')}
              onClick={() => void turn()}
            >
              <i />
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

/** `Warning at 85 % for 2 min, over below 80 %. Told again every 4 h.` */
function termsOf({ unit, settings }: AlertRule): string {
  const { severity, severity_if_critical, limit, clears_at, for_ms, repeat_ms, escalate_ms } = settings;
  const at = limit === null || unit === null ? '' : ` at ${measuredWords(limit, unit)}`;
  const held = for_ms === 0 ? ', at once' : `, held for ${durationWords(for_ms)}`;
  const over = clears_at === null || unit === null ? '' : `, over at ${measuredWords(clears_at, unit)}`;
  const critical =
    severity_if_critical === null || severity_if_critical === severity
      ? ''
      : ` ${severityLook(severity_if_critical).word} for a critical service.`;
  const repeat = repeat_ms === null ? '' : ` Told again every ${durationWords(repeat_ms)}.`;
  const escalate = escalate_ms === null ? '' : ` Escalates after ${durationWords(escalate_ms)}.`;
  return `${severityLook(severity).word}${at}${held}${over}.${critical}${repeat}${escalate}`;
}
