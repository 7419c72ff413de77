import type { Server } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changeServer } from '../../../api/fleet/change-server.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { FormError, TextField } from '../../../ui/form/fields.tsx';
import { useSending } from '../../../api/use-sending.ts';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';

const TAG = /^[a-z0-9][a-z0-9-]{0,31}$/;
const MOST_TAGS = 20;

const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(/[\s,#]+/)
      .filter((tag) => tag !== ''),
  ),
];

function tagProblem(tags: readonly string[]): string | null {
  const wrong = tags.find((tag) => !TAG.test(tag));
  if (wrong !== undefined) return `“${wrong}” cannot be a tag. Use letters, digits and hyphens, at most 32.`;
  return tags.length > MOST_TAGS ? `These are ${tags.length} tags. Use at most ${MOST_TAGS}.` : null;
}

/** The name that people see, and the tags. The server's id stays as it is. */
export function EditDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(server.display_name ?? '');
  const [tagText, setTagText] = useState(server.tags.join(' '));
  const { send, isSending, off, problem } = useSending('changeServer');
  const tags = tagsIn(tagText);
  const wrongTags = tagProblem(tags);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (wrongTags !== null) return;
    const change = { display_name: name.trim() === '' ? null : name.trim(), tags };
    if (await send(() => changeServer(client, server.server_id, change))) onClose();
  };
  return (
    <Dialog title={`Name and tags of ${server.server_id}`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="Display name"
          hint={`Without one it is shown as ${server.server_id}.`}
          placeholder={server.server_id}
          maxLength={100}
          autoFocus
          value={name}
          onChange={setName}
        />
        <TextField
          label="Tags"
          hint="Separated by spaces. The fleet can be filtered by them."
          placeholder="media transcode"
          value={tagText}
          error={wrongTags}
          onChange={setTagText}
        />
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off} isBusy={isSending}>
            Save
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}
