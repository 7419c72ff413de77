import type { Cell } from './cell.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** The cells of one step, by the names of their series. A series without a cell has no reading there. */
export interface Step {
  /** It was told afterwards, and not when it was. */
  readonly isBackfilled: boolean;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** Equal steps that follow each other; `undefined` where nothing is known. */
export type Block = readonly (Step | undefined)[];

const FORMAT = 1;
const LATE = 2;
const THERE = 1;

/**
 * Packs a block: its steps (0: nothing, 1: there, 3: there and told afterwards), then series after series, each with its
 * name and a column of one cell for each step. A cell is its count, and unless that is 0, the difference of its least
 * reading to that of the cell before, that of the greatest to the least, and what the sum is more than the least.
 */
export function packBlock(block: Block): Uint8Array {
  const writer = new ByteWriter();
  writer.whole(FORMAT);
  writer.whole(block.length);
  for (const step of block) writer.whole(step === undefined ? 0 : THERE + (step.isBackfilled ? LATE : 0));
  const names = new Set<string>();
  for (const step of block) for (const name of step?.cells.keys() ?? []) names.add(name);
  writer.whole(names.size);
  const column = new ByteWriter();
  for (const name of [...names].sort()) {
    column.clear();
    writeColumn(column, name, block);
    writer.text(name);
    writer.bytes(column);
  }
  return Uint8Array.from(writer.made());
}

function writeColumn(writer: ByteWriter, name: string, block: Block): void {
  let before = 0;
  for (const step of block) {
    const cell = step?.cells.get(name);
    writer.whole(cell?.count ?? 0);
    if (cell === undefined) continue;
    writer.signed(cell.min - before);
    writer.whole(cell.max - cell.min);
    writer.whole(cell.sum - cell.count * cell.min);
    before = cell.min;
  }
}

/**
 * @param isWanted the series to read; all, if nothing is said. Others are passed over unread
 * @throws RangeError when this is no block, or one of a newer version
 */
export function unpackBlock(packed: Uint8Array, isWanted: (name: string) => boolean = () => true): Block {
  const reader = new ByteReader(packed);
  if (reader.whole() !== FORMAT) throw new RangeError('a block of another format');
  const marks = Array.from({ length: reader.whole() }, () => reader.whole());
  const cells = marks.map(() => new Map<string, Cell>());
  for (let left = reader.whole(); left > 0; left -= 1) {
    const name = reader.text();
    if (!isWanted(name)) reader.skip();
    else {
      // Its length is for those who pass over it.
      reader.whole();
      readColumn(reader, name, cells);
    }
  }
  return marks.map((mark, n) =>
    mark === 0 ? undefined : { isBackfilled: mark >= LATE, cells: cells[n] ?? new Map() },
  );
}

function readColumn(reader: ByteReader, name: string, steps: readonly Map<string, Cell>[]): void {
  let before = 0;
  for (const cells of steps) {
    const count = reader.whole();
    if (count === 0) continue;
    const min = before + reader.signed();
    const max = min + reader.whole();
    cells.set(name, { count, min, max, sum: reader.whole() + count * min });
    before = min;
  }
}
