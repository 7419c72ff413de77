/** Whole numbers in as few bytes as they need: seven bits in each, the lowest first, and a bit that says that more follow. */
export class ByteWriter {
  readonly #made: number[] = [];

  /** @param value 0 or more, at most 2⁵³ */
  whole(value: number): void {
    let left = value;
    while (left >= 128) {
      this.#made.push((left % 128) + 128);
      left = Math.floor(left / 128);
    }
    this.#made.push(left);
  }

  /** Small ones of either sign are short. */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** With their length before them. */
  bytes(given: Uint8Array): void {
    this.whole(given.length);
    for (const byte of given) this.#made.push(byte);
  }

  made(): Uint8Array {
    return Uint8Array.from(this.#made);
  }
}

export class ByteReader {
  readonly #given: Uint8Array;
  #at = 0;

  constructor(given: Uint8Array) {
    this.#given = given;
  }

  whole(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#given[this.#at];
      if (byte === undefined) throw new RangeError('a block that was cut off');
      this.#at += 1;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  bytes(): Uint8Array {
    const length = this.whole();
    const end = this.#at + length;
    if (end > this.#given.length) throw new RangeError('a block that was cut off');
    const part = this.#given.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
