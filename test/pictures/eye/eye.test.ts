import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { differenceOf } from './difference.ts';
import { encodePng, type Picture, reduceColours, withChannels } from './indexed-png.ts';

type Colour = readonly [red: number, green: number, blue: number];
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
}

const PAGE: Colour = [0xf7, 0xf7, 0xf4];
const INK: Colour = [0x18, 0x1b, 0x1f];
const LETTER: Box = { x: 40, y: 40, width: 3, height: 10, colour: INK };

/** A page of 400 by 300 with these boxes on it. */
function pageWith(...boxes: Box[]): Picture {
  const picture = { width: 400, height: 300, data: new Uint8Array(400 * 300 * 4) };
  for (const box of [{ x: 0, y: 0, width: 400, height: 300, colour: PAGE }, ...boxes]) {
    for (let y = box.y; y < box.y + box.height; y += 1)
      for (let x = box.x; x < box.x + box.width; x += 1)
        picture.data.set([...box.colour, 0xff], (y * 400 + x) * 4);
  }
  return picture;
}

test('a picture that is written and read again has the colours of the page', () => {
  const page = pageWith(LETTER, { x: 9, y: 9, width: 20, height: 20, colour: [0xbb, 0x2a, 0x20] });
  const again = PNG.sync.read(encodePng(reduceColours(page)));
  expect(Buffer.from(page.data).equals(again.data)).toBe(true);
});

test('hundreds of shades become few, and none is far from what it was', () => {
  const shades = Array.from({ length: 256 }, (_, at): Box => {
    return { x: at, y: 0, width: 1, height: 1, colour: [at, at, 255 - at] };
  });
  const page = pageWith(...shades);
  const reduced = reduceColours(page);
  expect(reduced.palette.length).toBeLessThan(40);
  const { data } = withChannels(reduced);
  const furthest = page.data.reduce(
    (most, channel, at) => Math.max(most, Math.abs(channel - (data[at] ?? 0))),
    0,
  );
  expect(furthest).toBeLessThan(16);
});

test('the same is no difference, and one more letter is one', () => {
  expect(differenceOf(pageWith(LETTER), pageWith(LETTER))).toBeNull();
  expect(differenceOf(pageWith(), pageWith(LETTER))?.pixels).toBe(30);
});

test('the tint of a small row is a difference', () => {
  const row: Box = { x: 0, y: 100, width: 400, height: 44, colour: [0xfb, 0xec, 0xea] };
  expect(differenceOf(pageWith(LETTER), pageWith(row, LETTER))).not.toBeNull();
});

test('one edge that is rounded otherwise is no difference', () => {
  const edge: Box = { x: 43, y: 40, width: 1, height: 8, colour: [0x88, 0x8a, 0x8c] };
  const rounded: Box = { ...edge, colour: [0x89, 0x8b, 0x8c] };
  expect(differenceOf(pageWith(LETTER, edge), pageWith(LETTER, rounded))).toBeNull();
});

test('a page that has grown is a difference', () => {
  const page = pageWith(LETTER);
  const taller = { ...page, height: 320, data: new Uint8Array(400 * 320 * 4) };
  taller.data.set(page.data);
  expect(differenceOf(page, taller)).not.toBeNull();
});
