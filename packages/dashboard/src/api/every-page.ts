import type { Answer } from './call.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** Reads a list to its end, page by page. The whole is only as new as its first page. */
export async function everyPage<T>(
  read: (offset: number) => Promise<Answer<Page<T>>>,
): Promise<Answer<readonly T[]>> {
  const first = await read(0);
  const items = [...first.body.items];
  while (items.length < first.body.total) {
    const { body } = await read(items.length);
    if (body.items.length === 0) break;
    items.push(...body.items);
  }
  return { body: items, asOf: first.asOf };
}
