import type { Service } from '@homelabcmd/protocol';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { detailOf } from '../../../api/problem.ts';
import { useServices } from '../../../api/services.ts';
import { serviceName as shownName } from '../../../api/vocabulary/service.ts';
import { Button } from '../../../ui/button.tsx';
import { Check, FormError, TextField } from '../../../ui/form/fields.tsx';
import { Sheet } from '../../../ui/sheet/sheet.tsx';
import { forgetWithUndo } from '../forget.ts';
import { focusAfterEdit } from '../focus-places.ts';
import { PolicyLine } from './policy-line.tsx';
import { draftOf } from './probe-draft.ts';
import { ProbeFields } from './probe-fields.tsx';
import { type Draft, type Save, useSave } from './use-save.ts';

interface Place {
  readonly serverId: string;
  readonly serviceName: string;
}

/** How one service is expected. */
export function EditSheet({ serverId, serviceName }: Place) {
  const navigate = useNavigate();
  const services = useServices(serverId);
  const service = services.data?.find((each) => each.service_name === serviceName);
  // The fields are those of the service as it was when they were opened: a fact does not change what is being typed.
  const [opened, setOpened] = useState<Service | undefined>();
  if (opened === undefined && service?.expected === true) setOpened(service);
  const close = () => void navigate({ to: '/servers/$serverId', params: { serverId }, resetScroll: false });
  if (opened !== undefined) return <EditForm service={opened} onClose={close} />;
  const words = services.isPending
    ? `Loading ${serviceName}`
    : services.isError
      ? detailOf(services.error)
      : `${serverId} does not expect ${serviceName}, so there is nothing to edit. Expect it first, from its menu or by «Add services».`;
  return (
    <Sheet
      title={serviceName}
      onClose={close}
      returnTo={() => focusAfterEdit(serviceName)}
      onSubmit={close}
      footer={<Button onClick={close}>Close</Button>}
    >
      <p className="dim pt-5">{words}</p>
    </Sheet>
  );
}

const draftOfService = (service: Service): Draft => ({
  displayName: service.display_name ?? '',
  critical: service.critical,
  paused: !service.enabled,
  graceSeconds: String(service.grace_seconds ?? 0),
  probe: draftOf(service.probe),
});

function EditForm({ service, onClose }: { service: Service; onClose: () => void }) {
  const [first] = useState(() => draftOfService(service));
  const [draft, setDraft] = useState(first);
  const saving = useSave(service, draft, onClose);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const { server_id: serverId, service_name: serviceName } = service;
  return (
    <Sheet
      title={shownName(service)}
      lead={`How ${serviceName} is expected on ${serverId}.`}
      onClose={onClose}
      returnTo={() => focusAfterEdit(serviceName)}
      isDirty={draft !== first}
      onSubmit={() => void saving.save()}
      footer={<Foot service={service} saving={saving} onClose={onClose} />}
    >
      <div className="form-set">
        <TextField
          label="Name to show"
          placeholder={serviceName}
          value={draft.displayName}
          error={saving.errors.displayName}
          onChange={(displayName) => set({ displayName })}
        />
        <Check
          label="Critical"
          hint={`It comes first, and ${serverId} does not count as healthy while it is down.`}
          isOn={draft.critical}
          onChange={(critical) => set({ critical })}
        />
        <Check
          label="Paused"
          hint="It stays in the list and never asks for you. Its probe asks nothing."
          isOn={draft.paused}
          onChange={(paused) => set({ paused })}
        />
        <TextField
          label="Grace time"
          unit="s"
          inputMode="numeric"
          hint="So long may it be down before it counts as needing you. 0: at once."
          value={draft.graceSeconds}
          error={saving.errors.graceSeconds}
          onChange={(graceSeconds) => set({ graceSeconds })}
        />
        <PolicyLine serverId={serverId} serviceName={serviceName} />
      </div>
      <ProbeFields
        serverId={serverId}
        draft={draft.probe}
        errors={saving.errors}
        onChange={(probe) => set({ probe })}
      />
    </Sheet>
  );
}

interface FootProps {
  readonly service: Service;
  readonly saving: Save;
  readonly onClose: () => void;
}

function Foot({ service, saving, onClose }: FootProps) {
  const { problem, off, isSending } = saving;
  const request = problem?.requestId === undefined ? '' : ` Request ${problem.requestId}`;
  const forget = () => {
    onClose();
    void forgetWithUndo(service);
  };
  return (
    <>
      {problem !== null && <FormError words={`Not saved: ${problem.detail}${request}`} />}
      <Button type="submit" kind="primary" off={off} isBusy={isSending}>
        Save
      </Button>
      <Button kind="plain" onClick={onClose}>
        Cancel
      </Button>
      <Button kind="plain" className="ml-auto" off={off} onClick={forget}>
        Stop expecting it
      </Button>
    </>
  );
}
