const FIRST_BYTES = 512;

/** Whole numbers in as few bytes as they need: seven bits in each, the lowest first, and a bit that says that more follow. */
export class ByteWriter {
  #made = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  /** @param value 0 or more, at most 2⁵³ */
  whole(value: number): void {
    this.#makeRoom(8);
    let left = value;
    while (left >= 128) {
      this.#made[this.#length] = (left % 128) + 128;
      this.#length += 1;
      left = Math.floor(left / 128);
    }
    this.#made[this.#length] = left;
    this.#length += 1;
  }

  /** Small ones of either sign are short. */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** With its length in bytes before it. */
  text(given: string): void {
    const bytes = Buffer.byteLength(given, 'utf8');
    this.whole(bytes);
    this.#makeRoom(bytes);
    this.#length += this.#made.write(given, this.#length, 'utf8');
  }

  /** What another one has made, with its length before it. */
  bytes(other: ByteWriter): void {
    const given = other.made();
    this.whole(given.length);
    this.#makeRoom(given.length);
    given.copy(this.#made, this.#length);
    this.#length += given.length;
  }

  /** Begins anew, in the same place. */
  clear(): void {
    this.#length = 0;
  }

  /** Valid until the next word is written. */
  made(): Buffer {
    return this.#made.subarray(0, this.#length);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#made.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#made.length));
    this.#made.copy(larger, 0, 0, this.#length);
    this.#made = larger;
  }
}

export class ByteReader {
  readonly #given: Buffer;
  #at = 0;

  constructor(given: Uint8Array) {
    this.#given = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  }

  whole(): number {
    let byte = this.#next();
    if (byte < 128) return byte;
    let value = byte - 128;
    for (let scale = 128; ; scale *= 128) {
      byte = this.#next();
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
    }
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    const end = this.#endOfPart();
    const text = this.#given.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  /** Passes over a part that has its length before it, unread. */
  skip(): void {
    this.#at = this.#endOfPart();
  }

  #endOfPart(): number {
    const length = this.whole();
    const end = this.#at + length;
    if (end > this.#given.length) throw new RangeError('a block that was cut off');
    return end;
  }

  #next(): number {
    const byte = this.#given[this.#at];
    if (byte === undefined) throw new RangeError('a block that was cut off');
    this.#at += 1;
    return byte;
  }
}
