import type { Allows } from '@homelabcmd/protocol';

/** How often restarts may run there, as sentences. What an agent does not tell is left out. */
export function limitsWords(limits: Allows['limits']): string {
  const given = new Map(limits.map(({ name, value }) => [name, value]));
  const words = (name: string, text: (value: number) => string) => {
    const value = given.get(name);
    return value === undefined ? [] : [text(value)];
  };
  const automatic = [
    ...words('automatic_per_hour', (most) => `${most} an hour`),
    ...words('automatic_per_day', (most) => `${most} a day of one service`),
    ...words('automatic_spacing_s', (seconds) => `${seconds} s apart`),
    ...words('automatic_per_hour_together', (most) => `${most} an hour of all together`),
  ];
  const all = words('all_per_hour', (most) => `Whoever approves: ${most} an hour of one service.`);
  return [...(automatic.length === 0 ? [] : [`By policy, at most ${automatic.join(', ')}.`]), ...all].join(
    ' ',
  );
}
