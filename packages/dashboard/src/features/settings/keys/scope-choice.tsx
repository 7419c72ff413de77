import type { Scope } from '@homelabcmd/protocol';
import { SCOPES } from '../../../api/vocabulary/rights.ts';
import { Check } from '../../../ui/form/fields.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';

const HARMLESS = ['read', 'request'] as const;
const POWERFUL = ['approve', 'admin'] as const;

interface ScopeChoiceProps {
  readonly scopes: readonly Scope[];
  readonly onChange: (scopes: readonly Scope[]) => void;
}

/** What a key may do. What can do harm by itself stands apart, and says so. */
export function ScopeChoice({ scopes, onChange }: ScopeChoiceProps) {
  const check = (scope: Scope) => (
    <Check
      key={scope}
      label={SCOPES[scope].name}
      hint={SCOPES[scope].may}
      isOn={scopes.includes(scope)}
      onChange={(isOn) => onChange(isOn ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
    />
  );
  return (
    <fieldset className="scopes">
      <legend>What it may do</legend>
      {HARMLESS.map(check)}
      <div className="scopes-apart">
        <p className="note">
          <Glyph look={{ shape: 'triangle', tone: 'warn' }} /> A program with one of these does without you
          what otherwise a person decides.
        </p>
        {POWERFUL.map(check)}
      </div>
    </fieldset>
  );
}
