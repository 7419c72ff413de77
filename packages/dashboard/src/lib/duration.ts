const UNITS = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

const NAMES: Readonly<Record<string, Unit>> = {
  ...{ s: 's', sec: 's', second: 's', seconds: 's' },
  ...{ m: 'min', min: 'min', minute: 'min', minutes: 'min' },
  ...{ h: 'h', hour: 'h', hours: 'h' },
  ...{ d: 'd', day: 'd', days: 'd' },
};

/** `90 s`, `2 min`, `4 h`, `1 d`: what a person types, in milliseconds, or `null` where it is no length of time. */
export function durationOf(text: string): number | null {
  const [, number = '', name = ''] = /^(\d+(?:[.,]\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const unit = NAMES[name.toLowerCase()];
  if (unit === undefined) return Number(text.trim()) === 0 && text.trim() !== '' ? 0 : null;
  return Math.round(Number(number.replace(',', '.')) * UNITS[unit]);
}

/** The same the other way round, in the largest unit in which it is whole. */
export function durationWords(ms: number): string {
  if (ms === 0) return '0 s';
  const unit = (['d', 'h', 'min', 's'] as const).find((each) => ms % UNITS[each] === 0);
  return unit === undefined ? `${ms / UNITS.s} s` : `${ms / UNITS[unit]} ${unit}`;
}
