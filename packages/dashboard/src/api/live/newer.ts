/** A copy of a thing that says which event brought it. */
interface Revised {
  readonly revision: number;
}

/** The newer of two copies; a copy that came late never replaces a newer one. */
export function newer<T extends Revised>(known: T, told: T): T {
  return told.revision > known.revision ? told : known;
}

/** The list with this copy in it, in its place or at the end; the same list when it is not news. */
export function put<T extends Revised>(
  list: readonly T[],
  told: T,
  isSame: (known: T) => boolean,
): readonly T[] {
  const at = list.findIndex(isSame);
  const known = list[at];
  if (known === undefined) return [...list, told];
  const kept = newer(known, told);
  return kept === known ? list : list.with(at, kept);
}

/** The list without the things that match; the same list when none does. */
export function without<T>(list: readonly T[], matches: (item: T) => boolean): readonly T[] {
  return list.some(matches) ? list.filter((item) => !matches(item)) : list;
}

/** The list with the matching things changed; the same list when nothing changes. */
export function change<T>(list: readonly T[], of: (item: T) => T): readonly T[] {
  const next = list.map(of);
  return next.some((item, index) => item !== list[index]) ? next : list;
}
