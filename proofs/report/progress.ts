/** Says how far something long has come: one line that is drawn over on a terminal, a plain line now and then elsewhere. */
export interface Progress extends Disposable {
  /** From here on the time counts: what came before was preparation. */
  begin(): void;
  /** `note` is one more thing to know, such as what was found so far. */
  show(done: number, note: string): void;
  /** A line of its own, above what is drawn. */
  say(line: string): void;
}

export interface ProgressOut {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const BAR_CELLS = 24;
const DRAW_EVERY_MS = 100;
const SAY_EVERY_MS = 10_000;

export function showProgress(
  out: ProgressOut,
  total: number,
  unit: string,
  nowMs = () => performance.now(),
): Progress {
  let startedMs = nowMs();
  let shownMs = Number.NEGATIVE_INFINITY;
  const isTerminal = out.isTTY === true;
  const clear = () => {
    if (isTerminal) out.write('\r\u001B[2K');
  };
  const show = (done: number, note: string) => {
    const atMs = nowMs();
    const isDue = atMs - shownMs >= (isTerminal ? DRAW_EVERY_MS : SAY_EVERY_MS) || done >= total;
    if (!isDue) return;
    shownMs = atMs;
    const words = progressLine(done, total, unit, atMs - startedMs, note);
    if (!isTerminal) out.write(`${words}\n`);
    else out.write(`\r\u001B[2K${`${barOf(done / total)} ${words}`.slice(0, (out.columns ?? 100) - 1)}`);
  };
  return {
    begin() {
      startedMs = nowMs();
    },
    show,
    say(line) {
      clear();
      out.write(`${line}\n`);
      shownMs = Number.NEGATIVE_INFINITY;
    },
    [Symbol.dispose]: clear,
  };
}

/** `120 of 500 kills, 24 %, 2.1 a second, 3:01 left, no violation` */
export function progressLine(
  done: number,
  total: number,
  unit: string,
  passedMs: number,
  note: string,
): string {
  const perSecond = passedMs > 0 ? done / (passedMs / 1000) : 0;
  const left = perSecond > 0 ? `, ${clockTime(Math.max(0, total - done) / perSecond)} left` : '';
  const percent = Math.min(100, Math.floor((100 * done) / total));
  return `${done} of ${total} ${unit}, ${percent} %, ${perSecond.toFixed(1)} a second${left}, ${note}`;
}

const clockTime = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

function barOf(share: number): string {
  const full = Math.round(BAR_CELLS * Math.min(1, share));
  return `[${'█'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}]`;
}
