import { visible } from '@homelabcmd/protocol';

/** Attributes that people read, or have read to them. */
const READ_BY_PEOPLE = ['title', 'alt', 'placeholder', 'aria-label', 'aria-description', 'aria-valuetext'];

type Props = Readonly<Record<string, unknown>>;

/**
 * Properties of an element with every text in them made visible. The end of a line that stands alone is the code's own: it parts the
 * lines of a journal.
 */
export function shownProps<P extends object>(props: P): P {
  const given = props as Props;
  let changed: Record<string, unknown> | null = null;
  const put = (name: string, value: unknown) => {
    if (value !== given[name]) (changed ??= { ...given })[name] = value;
  };
  put('children', shownChild(given.children));
  for (const name of READ_BY_PEOPLE) {
    const value = given[name];
    if (typeof value === 'string') put(name, visible(value));
  }
  return (changed ?? given) as P;
}

function shownChild(child: unknown): unknown {
  if (typeof child === 'string') return child === '\n' ? child : visible(child);
  if (!Array.isArray(child)) return child;
  const children: unknown[] = child.map(shownChild);
  return children.some((one, at) => one !== child[at]) ? children : child;
}
