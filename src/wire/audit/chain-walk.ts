/** @module Walks a chain line by line and tells what was removed, altered, inserted, moved or cut off. */
import { type ChainKey, type ChainLink, type Checkpoint, fingerprint, readChained } from './chain.ts';

export interface ChainFinding {
  readonly file: string;
  /** From 1; the last one of the file where the end is meant, 0 where it has none. */
  readonly line: number;
  readonly problem: string;
}

export interface ChainWalk {
  /** Bytes without a line feed. `whole: false`: the file ends without one here. */
  line(file: string, bytes: Buffer, whole: boolean): void;
  end(): ChainSummary;
}

export interface ChainSummary {
  readonly records: number;
  /** Numbers of the first and the last record. */
  readonly from?: number;
  readonly to?: number;
  readonly findings: readonly ChainFinding[];
  /** Findings that were too many to keep. */
  readonly more: number;
  /** What is worth knowing and nobody's doing. */
  readonly notes: readonly ChainFinding[];
}

/** Whoever has this many reads no more of them. */
const maxFindings = 1000;

export interface ChainWalkOptions {
  readonly key: ChainKey;
  /** Absent: single files, of which nothing is known but what they say themselves. */
  readonly checkpoint?: Checkpoint;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

export function createChainWalk({ key, checkpoint }: ChainWalkOptions): ChainWalk {
  const findings: ChainFinding[] = [];
  const notes: ChainFinding[] = [];
  let [records, more] = [0, 0];
  let from: number | undefined;
  let last: ChainLink | undefined;
  let at: Place = { file: '', line: 0 };
  /** A line that is no record: the next record says whether a crash left it. */
  let stray: (Place & { readonly fingerprint: string }) | undefined;
  /** Lines since the last good one that were reported already: a gap of as many numbers is the same matter. */
  let reported = 0;

  function find({ file, line }: Place, problem: string): void {
    if (findings.length < maxFindings) findings.push({ file, line, problem });
    else more += 1;
  }

  function settleStray(torn: string | undefined): void {
    if (stray === undefined) {
      if (torn !== undefined) find(at, 'says that a line was cut off before it, and there is none');
      return;
    }
    const { file, line } = stray;
    if (stray.fingerprint === torn)
      notes.push({ file, line, problem: 'was cut off by a crash; nothing followed from it' });
    else {
      find(stray, 'is no record of this chain: altered or inserted');
      reported += 1;
      if (torn !== undefined) find(at, 'says that another line was cut off before it');
    }
    stray = undefined;
  }

  function follow(seq: number, prev: string, hash: string): void {
    const expected = last?.seq ?? (checkpoint === undefined ? seq - 1 : Math.min(checkpoint.first, seq) - 1);
    if (seq <= expected) {
      find(at, `is record ${seq} out of its order: moved, repeated or inserted`);
      return;
    }
    if (seq - expected - 1 > reported) find(at, `${numbers(expected + 1, seq - 1)} before it`);
    const broken = last !== undefined && seq === last.seq + 1 && prev !== last.hash;
    if (broken) find(at, `is record ${seq} of another branch: two servers wrote, or an older state was restored`);
    const { seq: sealedSeq = 0, hash: sealed = '' } = checkpoint?.last ?? {};
    if (seq === sealedSeq && hash !== sealed) find(at, 'is not the record that the checkpoint saw');
    from ??= seq;
    last = { seq, hash };
    reported = 0;
  }

  return {
    line(file, bytes, whole) {
      at = { file, line: file === at.file ? at.line + 1 : 1 };
      const read = readChained(bytes, key);
      if (read.status === 'sealed') {
        settleStray(read.place.torn);
        records += 1;
        if (read.place.unchecked) find(at, 'found no checkpoint to go on from: records before it may be missing');
        follow(read.place.seq, read.place.prev, read.hash);
        if (!whole) find(at, 'has lost its line feed');
        return;
      }
      if (stray !== undefined) settleStray(undefined);
      if (read.status === 'foreign') {
        stray = { ...at, fingerprint: fingerprint(bytes) };
        return;
      }
      find(at, 'was altered: its seal does not fit');
      reported += 1;
    },
    end() {
      if (stray !== undefined) {
        find(stray, 'is no whole record: cut off, altered or inserted');
        reported += 1;
        stray = undefined;
      }
      const come = last?.seq ?? (checkpoint?.first ?? 1) - 1;
      const missing = (checkpoint?.last.seq ?? 0) - come;
      if (missing > 0) find(at, `${numbers(come + 1, come + missing)} after it`);
      return {
        records,
        ...(from === undefined ? {} : { from }),
        ...(last === undefined ? {} : { to: last.seq }),
        findings,
        more,
        notes,
      };
    },
  };
}

function numbers(from: number, to: number): string {
  return from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`;
}
