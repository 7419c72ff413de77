/** Cuts a text to at most `maxLength` UTF-16 units without splitting a character. */
export function cut(text: string, maxLength: number): string {
  const whole = text.toWellFormed();
  return whole.length <= maxLength ? whole : whole.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '');
}
