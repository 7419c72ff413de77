const RETRY_MS = 2000;

/**
 * Fetches the code of a part that a page can do without for a while. When the hub cannot be reached it is tried again
 * until it comes; the page around it stands meanwhile.
 */
export function part<M>(load: () => Promise<M>): () => Promise<M> {
  let loading: Promise<M> | undefined;
  return () => (loading ??= untilLoaded(load));
}

async function untilLoaded<M>(load: () => Promise<M>): Promise<M> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  }
}
