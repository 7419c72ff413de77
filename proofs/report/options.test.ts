import { expect, test } from 'vitest';
import { flag, OptionError, readOptions, text, usageOf, wholeNumber } from './options.ts';

const OPTIONS = {
  kills: wholeNumber({ least: 1, most: 100, byDefault: 20, means: 'kills before it ends' }),
  seed: wholeNumber({ least: 0, most: 9, byDefault: null, means: 'drawn' }),
  point: text({ placeholder: 'TEXT', byDefault: null, means: 'only points whose name holds this' }),
  trace: flag({ means: 'prints all' }),
};

test('what is given counts, and what is not has its default', () => {
  expect(readOptions([], OPTIONS)).toEqual({ kills: 20, seed: null, point: null, trace: false });
  expect(readOptions(['--kills', '7', '--point=hub after', '--seed', '0'], OPTIONS)).toEqual({
    ...{ kills: 7, seed: 0, point: 'hub after', trace: false },
  });
  expect(readOptions(['--trace', '--kills', '7'], OPTIONS)).toMatchObject({ trace: true, kills: 7 });
});

test.each<[string[], RegExp]>([
  [['--kill', '7'], /There is no «--kill» here[\s\S]*--kills N/],
  [['7'], /There is no «7» here/],
  [['--kills'], /--kills needs a value after it: --kills N/],
  [['--kills', '--seed'], /--kills needs a value/],
  [['--kills', 'many'], /--kills takes a whole number from 1 to 100, not «many»/],
  [['--kills', '0'], /from 1 to 100, not «0»/],
  [['--kills', '1.5'], /not «1.5»/],
  [['--point', ' '], /--point takes TEXT, and was given nothing/],
  [['--trace=yes'], /--trace takes no value/],
  [['--trace', 'yes'], /There is no «yes» here/],
  [['--kills', '20', '--kills', '20'], /--kills is given twice/],
])('%j is refused with a sentence', (args, said) => {
  expect(() => readOptions(args, OPTIONS)).toThrow(OptionError);
  expect(() => readOptions(args, OPTIONS)).toThrow(said);
});

test('the usage names every option with its default', () => {
  expect(usageOf(OPTIONS)).toMatch(
    /--kills N +kills before it ends \(20 when left out\)\n +--seed N +drawn\n.*\n +--trace +prints all$/,
  );
});
