import pixelmatch from 'pixelmatch';
import type { Picture } from './indexed-png.ts';

/**
 * What the rounding of another processor may do, and no more: a few pixels may be off by any colour, and a few more by
 * a shade. One changed letter is more than the first, a tint of one small button more than the second.
 */
const TOLERANCES = [
  { threshold: 0.12, mostPixels: () => 8 },
  { threshold: 0.015, mostPixels: (pixels: number) => pixels / 2000 },
];

interface Difference {
  readonly pixels: number;
  /** The picture, pale, with what differs in red. */
  readonly picture: Picture;
}

/** How a picture differs from the reviewed one, or `null` when it shows the same. */
export function differenceOf(before: Picture, now: Picture): Difference | null {
  const hasGrown = before.width !== now.width || before.height !== now.height;
  if (!hasGrown && Buffer.from(now.data).equals(before.data)) return null;
  const [width, height] = [Math.max(before.width, now.width), Math.max(before.height, now.height)];
  const [old, fresh] = [onCanvas(before, width, height), onCanvas(now, width, height)];
  for (const { threshold, mostPixels } of TOLERANCES) {
    const data = new Uint8Array(width * height * 4);
    const pixels = pixelmatch(old.data, fresh.data, data, width, height, { threshold, includeAA: true });
    if (hasGrown || pixels > mostPixels(width * height)) return { pixels, picture: { width, height, data } };
  }
  return null;
}

/** The picture in the corner of a larger one. */
function onCanvas(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < picture.height; y += 1) {
    const row = picture.data.subarray(y * picture.width * 4, (y + 1) * picture.width * 4);
    data.set(row, y * width * 4);
  }
  return { width, height, data };
}
