/**
 * Shows that something slow is at work: one line that is rewritten on a terminal, a new line every five seconds elsewhere.
 *
 * @param {string} what such as "Installing the tools"
 * @param {() => string} detail how far it is
 */
export function startProgress(what, detail) {
  const startedAt = performance.now();
  const isTerminal = process.stdout.isTTY;
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(isTerminal ? 0 : 1)} s`;
  const show = () => {
    const text = `${what}: ${detail()}, ${seconds()}`;
    process.stdout.write(isTerminal ? `\r\x1b[2K${text}` : `${text}\n`);
  };
  process.stdout.write(isTerminal ? `${what} …` : `${what} …\n`);
  const timer = setInterval(show, isTerminal ? 250 : 5000).unref();
  return {
    /** @param {string} outcome */
    end(outcome) {
      clearInterval(timer);
      process.stdout.write(`${isTerminal ? '\r\x1b[2K' : ''}${what}: ${outcome} in ${seconds()}\n`);
    },
  };
}
