const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LOCALE = 'en-GB';
const DATE_LINE = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const HOUR_MINUTE = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat(LOCALE, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const DAY_MONTH = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const ZONE = new Intl.DateTimeFormat(LOCALE, { timeZoneName: 'short' });

/** One unit, rounded down: `2 s`, `14 min`, `3 h`, `41 d`. */
export function age(ms: number): string {
  const past = Math.max(0, ms);
  if (past < MINUTE) return `${Math.floor(past / SECOND)} s`;
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h`;
  return `${Math.floor(past / DAY)} d`;
}

/** `just now`, `6 min ago`, `Yesterday`, `2 d ago`. */
export function ago(ms: number): string {
  if (ms < SECOND) return 'just now';
  if (ms >= DAY && ms < 2 * DAY) return 'Yesterday';
  return `${age(ms)} ago`;
}

/** Two units at most: `41 d 6 h`, `23 h 59 min`, `5 min 42 s`, `9 s`. */
export function span(ms: number): string {
  const past = Math.max(0, ms);
  if (past < MINUTE) return age(past);
  if (past < HOUR) return pair(past, MINUTE, 'min', SECOND, 's');
  if (past < DAY) return pair(past, HOUR, 'h', MINUTE, 'min');
  return pair(past, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  const head = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/** To the millisecond, for time lines: `47 ms`, `2.771 s`, `5 min 42.609 s`, `3 h 2 min`. */
export function exactSpan(ms: number): string {
  const past = Math.max(0, Math.round(ms));
  if (past < SECOND) return `${past} ms`;
  if (past < MINUTE) return `${(past / SECOND).toFixed(3)} s`;
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min ${((past % MINUTE) / SECOND).toFixed(3)} s`;
  return span(past);
}

/** `09:36:12.408` in the reader's zone. */
export function clockMs(iso: string): string {
  const date = new Date(iso);
  return `${CLOCK.format(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `09:36:12`. */
export function clock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** `22 Nov, 09:36:12`. */
export function dayClock(iso: string): string {
  const date = new Date(iso);
  return `${DAY_MONTH.format(date)}, ${CLOCK.format(date)}`;
}

/** `Sun 22 Nov 2026, 09:36:12.408 GMT+1`: what hovering a time shows. */
export function absolute(iso: string): string {
  const date = new Date(iso);
  const zone = ZONE.formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${DATE.format(date).replace(',', '')}, ${clockMs(iso)} ${zone}`.trim();
}

/** `Sun 22 Nov 2026`. */
export const day = (iso: string): string => DATE.format(new Date(iso)).replace(',', '');

/** `09:41`. */
export const hourMinute = (atMs: number): string => HOUR_MINUTE.format(new Date(atMs));

/** `Sunday 22 November, 09:41`. */
export function dateLine(atMs: number): string {
  const date = new Date(atMs);
  return `${DATE_LINE.format(date).replace(',', '')}, ${HOUR_MINUTE.format(date)}`;
}
