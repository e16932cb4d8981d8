/** @module What a benchmark prints: one JSON line, a ratio measured in one run on one machine. */

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly reference: number;
  /** What `reference` is a measurement of. */
  readonly referenceIs: string;
  /** ours ÷ reference. */
  readonly ratio: number;
  readonly target: string;
}

/** Said in the place of a row that cannot be had here. */
export interface Absent {
  readonly name: string;
  readonly absent: string;
}

export function row(facts: Omit<Row, 'ratio'>): Row {
  return {
    ...facts,
    ours: rounded(facts.ours),
    reference: rounded(facts.reference),
    ratio: rounded(facts.ours / facts.reference),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
