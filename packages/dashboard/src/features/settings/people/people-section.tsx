import { useState } from 'react';
import { type Invited, usePeople } from '../../../api/access/people.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { useSession } from '../../../api/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { Head, Table } from '../../../ui/table.tsx';
import { SessionList } from '../sessions/session-list.tsx';
import { AddPerson } from './add-person.tsx';
import { InvitationLink } from './invitation-link.tsx';
import { PersonRow } from './person-row.tsx';

const COLUMNS = [
  { word: 'Name' },
  { word: 'Role' },
  { word: 'Status' },
  { word: 'Signs in', className: 'wide-col' },
  { word: 'Last signed in', className: 'num' },
  { word: 'What can be done', isHidden: true },
];

/** Who may come in, and what each may do. */
export function PeopleSection() {
  const [isAdding, setAdding] = useState(false);
  const [invited, setInvited] = useState<Invited | null>(null);
  const isAtRest = !isAdding && invited === null;
  return (
    <>
      <div className="settings-lede">
        <p>
          Everybody signs in by name, and what they do is signed with it.
          <br />
          Their role says what they may do.
        </p>
        {isAtRest && (
          <Button kind="primary" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            Add a person
          </Button>
        )}
      </div>
      {isAdding && (
        <AddPerson
          onBack={() => setAdding(false)}
          onAdded={(made) => {
            setAdding(false);
            setInvited(made);
          }}
        />
      )}
      {invited !== null && (
        <InvitationLink key={invited.token} invited={invited} onDone={() => setInvited(null)} />
      )}
      <People onInvited={setInvited} />
      <h3 className="settings-sub">Open sessions</h3>
      <SessionList whose="all" label="Open sessions" />
    </>
  );
}

function People({ onInvited }: { onInvited: (invited: Invited) => void }) {
  const people = usePeople();
  const selfId = useSession().data?.principal.user_id;
  if (people.isPending) return <RowSkeleton rows={3} label="Loading the people" />;
  if (people.data === undefined) {
    return (
      <PanelError
        title="Could not load the people"
        detail={detailOf(people.error)}
        requestId={requestIdOf(people.error)}
        onRetry={() => void people.refetch()}
      />
    );
  }
  if (people.data.length === 0)
    return <p className="empty">Nobody has an account yet: whoever is here came with an API key.</p>;
  return (
    <Table label="People">
      <Head className="people-cols" columns={COLUMNS} />
      <tbody role="rowgroup">
        {people.data.map((user) => (
          <PersonRow key={user.user_id} user={user} isSelf={user.user_id === selfId} onInvited={onInvited} />
        ))}
      </tbody>
    </Table>
  );
}
