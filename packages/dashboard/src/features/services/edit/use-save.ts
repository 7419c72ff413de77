import type { Service } from '@homelabcmd/protocol';
import { useState } from 'react';
import { type ServiceChange, changeService } from '../../../api/expectation/change.ts';
import { useOff } from '../../../api/access/may.ts';
import { ApiProblem, detailOf, requestIdOf } from '../../../api/problem.ts';
import { say } from '../../../ui/toast/toast.tsx';
import { type FieldErrors, type ProbeDraft, type ProbeField, fieldOf, readDraft } from './probe-draft.ts';

export interface Draft {
  readonly displayName: string;
  readonly critical: boolean;
  readonly paused: boolean;
  readonly graceSeconds: string;
  readonly probe: ProbeDraft;
}

type Field = ProbeField | 'displayName' | 'graceSeconds';

export interface Save {
  readonly save: () => Promise<void>;
  readonly isSending: boolean;
  /** Why nothing can be saved now, or `null`. */
  readonly off: string | null;
  readonly errors: FieldErrors<Field>;
  /** What the hub said that belongs to no field. */
  readonly problem: { readonly detail: string; readonly requestId: string | undefined } | null;
}

const MOST_NAME_CHARACTERS = 100;
const MOST_GRACE_SECONDS = 3600;

/** The change that a draft means, or what is wrong with it. */
function readChange(draft: Draft): { change: ServiceChange } | { errors: FieldErrors<Field> } {
  const name = draft.displayName.trim();
  const probe = readDraft(draft.probe);
  const grace = draft.graceSeconds.trim() === '' ? 0 : Number(draft.graceSeconds);
  const isGrace = Number.isInteger(grace) && grace >= 0 && grace <= MOST_GRACE_SECONDS;
  const errors: FieldErrors<Field> = {
    ...(name.length > MOST_NAME_CHARACTERS
      ? { displayName: `At most ${MOST_NAME_CHARACTERS} characters` }
      : {}),
    ...(isGrace ? {} : { graceSeconds: `A whole number from 0 to ${MOST_GRACE_SECONDS}` }),
  };
  if ('errors' in probe) return { errors: { ...errors, ...probe.errors } };
  if (Object.keys(errors).length > 0) return { errors };
  return {
    change: {
      display_name: name === '' ? null : name,
      critical: draft.critical,
      enabled: !draft.paused,
      probe: probe.probe,
      grace_seconds: grace,
    },
  };
}

/** Saves what was changed of an expected service. Only what the hub has stored counts as saved. */
export function useSave(service: Service, draft: Draft, onSaved: () => void): Save {
  const off = useOff('changeService');
  const [isSending, setSending] = useState(false);
  const [errors, setErrors] = useState<FieldErrors<Field>>({});
  const [problem, setProblem] = useState<Save['problem']>(null);
  const save = async () => {
    if (isSending || off !== null) return;
    const read = readChange(draft);
    setProblem(null);
    setErrors('errors' in read ? read.errors : {});
    if ('errors' in read) return;
    setSending(true);
    try {
      await changeService(service, read.change);
      say({ look: { shape: 'discTick', tone: 'ok' }, title: `${service.service_name} is saved` });
      onSaved();
    } catch (error) {
      setErrors(fieldErrorsIn(error));
      setProblem({ detail: detailOf(error), requestId: requestIdOf(error) });
    } finally {
      setSending(false);
    }
  };
  return { save, isSending, off, errors, problem };
}

/** What the hub said of single values, by the field that holds them. */
function fieldErrorsIn(error: unknown): FieldErrors<Field> {
  const told: Partial<Record<Field, string>> = {};
  const problems = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  for (const { path, message } of problems) {
    const member = path.split('.').at(-1) ?? '';
    if (member === 'display_name') told.displayName = message;
    if (member === 'grace_seconds') told.graceSeconds = message;
    const field = fieldOf(member, message);
    if (field !== null) told[field.field] = field.words;
  }
  return told;
}
