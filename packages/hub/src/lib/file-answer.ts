/** What a handler answers where its route gives a file: text that is made while it is sent. */
export class FileAnswer {
  readonly contentType: string;
  /** Letters, digits, dots and hyphens. */
  readonly fileName: string;
  readonly chunks: AsyncIterable<string>;

  constructor(contentType: string, fileName: string, chunks: AsyncIterable<string>) {
    this.contentType = contentType;
    this.fileName = fileName;
    this.chunks = chunks;
  }
}
