/** By what the reader of a stream was let in. */
export interface Reader {
  readonly keyId: string;
  /** The digest of the session's secret; `null` for a program that shows its key. */
  readonly sessionDigest: string | null;
}

/** The live streams that are open, so that each ends with the key or the session that let its reader in. */
export class OpenStreams {
  readonly #streams = new Map<AbortController, Reader>();

  /** From now on `stream` is aborted when its reader is signed out. @returns what ends that */
  add(stream: AbortController, reader: Reader): Disposable {
    this.#streams.set(stream, reader);
    return { [Symbol.dispose]: () => void this.#streams.delete(stream) };
  }

  endKey(keyId: string): void {
    this.#end((reader) => reader.keyId === keyId);
  }

  endSession(sessionDigest: string): void {
    this.#end((reader) => reader.sessionDigest === sessionDigest);
  }

  #end(isMeant: (reader: Reader) => boolean): void {
    for (const [stream, reader] of this.#streams) if (isMeant(reader)) stream.abort();
  }
}
