import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, packBlock, type Step, unpackBlock } from './block.ts';
import { type Cell, cellOf, merged } from './cell.ts';

const value = fc.oneof(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 100 }));
const cell = fc
  .array(value, { minLength: 1, maxLength: 400 })
  .map((values) => values.map((one) => cellOf(one)).reduce<Cell | null>(merged, null) ?? cellOf(0));
const step = fc.record<Step>({
  isBackfilled: fc.boolean(),
  cells: fc
    .dictionary(fc.string({ maxLength: 20 }), cell, { maxKeys: 5 })
    .map((of) => new Map(Object.entries(of))),
});
const block = fc.array(fc.option(step, { nil: undefined }), { maxLength: 60 });

test('a block is unpacked as it was packed', () => {
  fc.assert(
    fc.property(block, (given) => {
      expect(unpackBlock(packBlock(given))).toEqual(given);
    }),
  );
});

test('a series is read without the others, and its gaps are where they were', () => {
  fc.assert(
    fc.property(block, fc.string({ maxLength: 2 }), (given, wanted) => {
      const expected = given.map(
        (one) => one && { ...one, cells: new Map([...one.cells].filter(([name]) => name === wanted)) },
      );
      expect(unpackBlock(packBlock(given), (name) => name === wanted)).toEqual(expected);
    }),
  );
});

test('what is packed now is what is in the stores: the format is written down here', () => {
  const cells = (...of: [string, Cell][]): Step => ({ isBackfilled: false, cells: new Map(of) });
  const given: Block = [
    cells(['1', cellOf(1000)], ['3:/', { count: 3, sum: -7, min: -5, max: 1 }]),
    undefined,
    { isBackfilled: true, cells: new Map([['1', cellOf(990, 6)]]) },
  ];
  const packed = '01030100030201310a01d00f0000000613000003333a2f06030906080000';
  expect(Buffer.from(packBlock(given)).toString('hex')).toBe(packed);
  expect(unpackBlock(Buffer.from(packed, 'hex'))).toEqual(given);
});

test.each(['', '05', '0102', '01010101013105', '010101010131'])(
  'what is no block is refused: "%s"',
  (hex) => {
    expect(() => unpackBlock(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  },
);

test('sums do not depend on the order in which they are made', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 360 }), fc.nat(), (values, at) => {
      const cells = values.map((one) => cellOf(one));
      const [some, others] = [cells.slice(0, at % cells.length), cells.slice(at % cells.length)];
      const sumOf = (of: readonly Cell[]) => of.reduce<Cell | null>(merged, null);
      expect(merged(sumOf(others), sumOf(some))).toEqual(sumOf(cells));
    }),
  );
});

test('a reading beyond all bounds is taken as the largest, so that its sums stay exact', () => {
  expect(cellOf(Number.MAX_VALUE)).toEqual(cellOf(1e12));
  expect(Number.isSafeInteger(3600 * cellOf(Number.MAX_VALUE).sum)).toBe(true);
});
