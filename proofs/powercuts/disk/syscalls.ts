/** What the kernel was asked for by one of the recorded processes, as strace tells it. */
export interface Syscall {
  readonly name: string;
  /** The descriptor that it was about, and what that stood for: a path, or `socket:[…]`; `null` where there is none. */
  readonly on: { readonly descriptor: number; readonly path: string } | null;
  /** Every text among the arguments: paths, or the bytes that were written. */
  readonly texts: readonly Buffer[];
  /** The arguments as they stand in the line, for numbers and flags. */
  readonly line: string;
  readonly result: number;
  /** What the result stands for, when it is a descriptor. */
  readonly opened: string | null;
  /** How many calls had come to their end when it began: a sync covers those and no others. */
  readonly began: number;
}

/** What is traced: every call by which a file, a folder or whoever is outside can come to know something. */
export const TRACED = [
  ...[
    'open',
    'openat',
    'creat',
    'write',
    'writev',
    'pwrite64',
    'pwritev',
    'pwritev2',
    'truncate',
    'ftruncate',
  ],
  ...[
    'fallocate',
    'rename',
    'renameat',
    'renameat2',
    'unlink',
    'unlinkat',
    'mkdir',
    'mkdirat',
    'rmdir',
    'link',
  ],
  ...['linkat', 'symlink', 'symlinkat', 'fsync', 'fdatasync', 'sync', 'syncfs', 'sync_file_range', 'sendmsg'],
  ...['sendto', 'copy_file_range', 'sendfile', 'splice'],
];

const UNFINISHED = ' <unfinished ...>';
const TEXT = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g;
const DESCRIPTOR = /^\w+\((\d+)<([^>]*)>/;
const RESULT = /\)\s+= (-?\d+)(?:<([^>]*)>)?[^=]*$/;

const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const pathOf = (text: string): string => bytesOf(text).toString('utf8');

/**
 * Reads what `strace -f -y -xx` wrote, in the order in which the calls came to their end. Calls that failed are left out,
 * and so are those that had not come to an end.
 * @throws when a text was cut short, for then nobody knows what was written
 */
export function parseTrace(trace: string): Syscall[] {
  const calls: Syscall[] = [];
  const waiting = new Map<string, { head: string; began: number }>();
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith(UNFINISHED)) {
      waiting.set(thread, { head: rest.slice(0, -UNFINISHED.length), began: calls.length });
      continue;
    }
    const [, end] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const begun = end === undefined ? undefined : waiting.get(thread);
    const call = parseCall((begun?.head ?? '') + (end ?? rest), begun?.began ?? calls.length);
    if (call !== null) calls.push(call);
  }
  return calls;
}

function parseCall(line: string, began: number): Syscall | null {
  const [, name] = /^(\w+)\(/.exec(line) ?? [];
  const [, result, opened] = RESULT.exec(line) ?? [];
  if (name === undefined || result === undefined || Number(result) < 0) return null;
  const [, descriptor, path] = DESCRIPTOR.exec(line) ?? [];
  const texts = [...line.matchAll(TEXT)].map(([, text = '', isCut]) => {
    if (isCut !== undefined) throw new Error(`The trace holds ${name} with a text that was cut short.`);
    return bytesOf(text);
  });
  return {
    ...{ name, texts, line, began, result: Number(result) },
    on: descriptor === undefined ? null : { descriptor: Number(descriptor), path: pathOf(path ?? '') },
    opened: opened === undefined ? null : pathOf(opened),
  };
}
