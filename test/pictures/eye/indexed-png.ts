import { crc32, deflateSync } from 'node:zlib';

/** A picture in memory: four bytes a pixel, red, green, blue and opacity. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Colours that are alike in these bits of each channel are drawn as the most frequent of them. */
const KEPT_BITS = 0x00_f0_f0_f0;
const MOST_COLOURS = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const INDEXED = 3;

export interface IndexedPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue in the low three bytes. */
  readonly palette: readonly number[];
  /** One for each pixel. */
  readonly indices: Uint8Array;
}

/**
 * The picture in few colours: what a page is made of keeps its own, and only the edges of letters, which have hundreds,
 * are drawn with their likes. The same picture always gives the same result.
 */
export function reduceColours({ width, height, data }: Picture): IndexedPicture {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const byFrequency = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const palette: number[] = [];
  const indexOfLikes = new Map<number, number>();
  const indexOf = new Map<number, number>();
  for (const colour of byFrequency) {
    const likes = colour & KEPT_BITS;
    const index = indexOfLikes.get(likes) ?? Math.min(palette.length, MOST_COLOURS - 1);
    if (index === palette.length) palette.push(colour);
    indexOfLikes.set(likes, index);
    indexOf.set(colour, index);
  }
  return { width, height, palette, indices: Uint8Array.from(pixels, (pixel) => indexOf.get(pixel) ?? 0) };
}

/** The same with four bytes a pixel. */
export function withChannels({ width, height, palette, indices }: IndexedPicture): Picture {
  const OPAQUE = 0xff_00_00_00;
  const colours = Uint32Array.from(palette, (colour) => (colour | OPAQUE) >>> 0);
  const pixels = Uint32Array.from(indices, (index) => colours[index] ?? 0);
  return { width, height, data: new Uint8Array(pixels.buffer) };
}

/** A PNG with a palette, a quarter of the size of what the browser writes. */
export function encodePng({ width, height, palette, indices }: IndexedPicture): Buffer {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    // The first byte of a row, 0, says that it is not filtered.
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, INDEXED, 0, 0, 0], 8);
  const channels = palette.flatMap((colour) => [
    colour & 0xff,
    (colour >>> 8) & 0xff,
    (colour >>> 16) & 0xff,
  ]);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(channels)),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
