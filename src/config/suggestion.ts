/** @module "Did you mean": the known name that is nearest to a mistyped one. */

/** A name longer than this is no typing error, and the distance costs the product of the lengths. */
const maxCompared = 64;

/** Optimal string alignment: insertions, deletions, replacements, and two neighbours swapped, each one step. */
export function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current: number[] = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** The nearest candidate within a third of the letters (one to four; none for a single letter), case not counting; `undefined` when none is near. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > maxCompared) {
    return undefined;
  }
  const allowed = written.length < 2 ? 0 : Math.min(4, Math.max(1, Math.floor(written.length / 3)));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    if (candidate.length > maxCompared || Math.abs(candidate.length - written.length) > allowed) {
      continue;
    }
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const candidate = nearest(written, candidates);
  return candidate === undefined ? '' : `; did you mean "${candidate}"?`;
}
