/**
 * The store did not answer, or its connection ended. What was asked was not done, or was done and the answer is what was
 * lost: whoever asked cannot know, and asks again.
 */
export class StoreUnavailable extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'StoreUnavailable';
  }
}
