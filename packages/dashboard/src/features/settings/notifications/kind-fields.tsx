import type { ChannelField, Problem } from '@homelabcmd/protocol';
import { useId } from 'react';
import { Check, FormError, TextField } from '../../../ui/form/fields.tsx';
import { SecretField } from '../../../ui/form/secret-field.tsx';
import { type ChannelDraft, isSecret } from './channel-draft.ts';

type Errors = NonNullable<Problem['errors']>;

interface KindFieldsProps {
  readonly draft: ChannelDraft;
  /** Secrets that are set already. */
  readonly set: readonly string[];
  readonly errors: Errors;
  readonly change: (part: Partial<ChannelDraft>) => void;
}

/** The fields of a kind of channel, as the hub describes them. */
export function KindFields({ draft, set, errors, change }: KindFieldsProps) {
  const { kind, values, dropped } = draft;
  return kind.fields.map((field) => {
    const { name } = field;
    const error = errors.find(({ path }) => path === `settings.${name}`)?.message ?? null;
    const part = {
      ...{ field, error, value: values[name] ?? '' },
      onChange: (value: string) => change({ values: { ...values, [name]: value } }),
    };
    if (!isSecret(field)) return <PlainField key={name} {...part} />;
    return (
      <Secret
        key={name}
        {...part}
        isSet={set.includes(name)}
        isDropped={dropped.includes(name)}
        onDrop={(isDropped) =>
          change({ dropped: isDropped ? [...dropped, name] : dropped.filter((one) => one !== name) })
        }
      />
    );
  });
}

interface FieldProps {
  readonly field: ChannelField;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

const labelOf = ({ label, required }: ChannelField): string => (required ? label : `${label} (optional)`);

function PlainField({ field, value, error, onChange }: FieldProps) {
  const { type, help, placeholder } = field;
  if (type === 'choice') return <ChoiceField {...{ field, value, error, onChange }} />;
  if (type === 'long_text') return <LongField {...{ field, value, error, onChange }} />;
  return (
    <TextField
      label={labelOf(field)}
      {...(help === null ? {} : { hint: help })}
      placeholder={placeholder ?? ''}
      inputMode={type === 'number' ? 'numeric' : type === 'url' ? 'url' : 'text'}
      isCode
      {...{ value, error, onChange }}
    />
  );
}

function ChoiceField({ field, value, error, onChange }: FieldProps) {
  const id = useId();
  return (
    <div className="form-row">
      <label htmlFor={id}>{field.label}</label>
      <select
        id={id}
        className="line-input is-tall"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {field.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      {error !== null && <FormError words={error} />}
    </div>
  );
}

function LongField({ field, value, error, onChange }: FieldProps) {
  const id = useId();
  return (
    <div className="form-row">
      <label htmlFor={id}>{labelOf(field)}</label>
      <textarea
        id={id}
        className="long-field mono"
        rows={4}
        spellCheck={false}
        placeholder={field.placeholder ?? ''}
        aria-invalid={error !== null}
        aria-describedby={`${id}-hint`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {error !== null && <FormError words={error} />}
      <p className="hint" id={`${id}-hint`}>
        {field.help}
      </p>
    </div>
  );
}

interface SecretProps extends FieldProps {
  readonly isSet: boolean;
  readonly isDropped: boolean;
  readonly onDrop: (isDropped: boolean) => void;
}

/** It is written and never read: what is set stays until somebody types another one, or takes it away. */
function Secret({ field, value, error, onChange, isSet, isDropped, onDrop }: SecretProps) {
  const hint = [field.help, isSet && !isDropped ? 'It is set. Leave this empty to keep it.' : null]
    .filter((words) => words !== null)
    .join(' ');
  return (
    <>
      <SecretField
        label={labelOf(field)}
        what={field.label.toLowerCase()}
        name={`channel_${field.name}`}
        autoComplete="off"
        isCode
        {...(hint === '' ? {} : { hint })}
        {...{ value, error, onChange }}
      />
      {isSet && !field.required && (
        <Check label={`Take the ${field.label.toLowerCase()} away`} isOn={isDropped} onChange={onDrop} />
      )}
    </>
  );
}
