import { Link } from '@tanstack/react-router';
import './views.css';

const VIEWS = [
  {
    id: 'actions',
    to: '/actions',
    word: 'Actions',
    lede: 'Nothing runs on a server that is not listed here.',
  },
  {
    id: 'audit',
    to: '/actions/audit',
    word: 'Audit',
    lede: 'Who did what, when and from where. What is written here is never changed.',
  },
] as const;

/** The address of the audit begins with that of the actions, and filters are not what makes a view another one. */
const EXACTLY = { exact: true, includeSearch: false };

/** The head of the two views of what has been done: the actions, and the record of everything. */
export function Views({ here }: { here: (typeof VIEWS)[number]['id'] }) {
  return (
    <>
      <div className="views-head">
        <h1 className="h1">Actions</h1>
        <nav className="seg views" aria-label="Views">
          {VIEWS.map(({ id, to, word }) => (
            <Link key={id} to={to} search={{}} activeOptions={EXACTLY}>
              {word}
            </Link>
          ))}
        </nav>
      </div>
      <p className="lede">{VIEWS.find(({ id }) => id === here)?.lede}</p>
    </>
  );
}
