import { Role } from '@homelabcmd/protocol';
import { useId } from 'react';
import { ROLES } from '../../../api/vocabulary/rights.ts';

interface RoleChoiceProps {
  readonly role: Role;
  readonly onChange: (role: Role) => void;
}

/** One of the roles, each with what it may do. */
export function RoleChoice({ role, onChange }: RoleChoiceProps) {
  const name = useId();
  return (
    <fieldset className="roles">
      <legend>Role</legend>
      {Role.options.map((each) => (
        <label key={each} className="check">
          <input
            type="radio"
            name={name}
            checked={each === role}
            aria-describedby={`${name}-${each}`}
            onChange={() => onChange(each)}
          />
          <span>
            {ROLES[each].name}
            <span className="hint" id={`${name}-${each}`}>
              {ROLES[each].may}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
