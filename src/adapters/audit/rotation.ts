/** @module The earlier files of an audit file: how they are called, and when the next one is due. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { AuditRotation } from '../../spi/audit.ts';
import { isSystemError } from '../system-error.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * The name under which a file is put away: `audit.jsonl` → `audit.20261122T020813Z.jsonl`, with `-2` … in the same second. It
 * sorts behind every earlier one, also when the clock was set back.
 */
export async function nextRotatedPath(path: string, at: number): Promise<string> {
  const now = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const newest = (await rotatedNames(path)).at(-1);
  const { stem, ending } = partsOf(path);
  const stamp = newest === undefined || newest.stamp < now ? now : newest.stamp;
  const number = newest?.stamp === stamp ? newest.number + 1 : 1;
  return join(dirname(path), `${stem}.${stamp}${number === 1 ? '' : `-${number}`}${ending}`);
}

/** `audit.jsonl` → `audit-unchained.jsonl`: what lies there without a chain. */
export function unchainedPath(path: string): string {
  const { stem, ending } = partsOf(path);
  return join(dirname(path), `${stem}-unchained${ending}`);
}

function partsOf(path: string): { readonly stem: string; readonly ending: string } {
  const ending = extname(path);
  return { stem: basename(path, ending), ending };
}

/** The path of the file that this one is or was: `audit.20261122T020813Z-2.jsonl` was `audit.jsonl`. */
export function rotatedOwner(path: string): string {
  const { stem, ending } = partsOf(path);
  return join(dirname(path), `${stem.replace(/\.\d{8}T\d{6}Z(?:-\d{1,9})?$/, '')}${ending}`);
}

/** The earlier files of `path`, oldest first by name. None where there is no folder. */
export async function rotatedFiles(path: string): Promise<readonly string[]> {
  return (await rotatedNames(path)).map(({ name }) => join(dirname(path), name));
}

interface RotatedName {
  readonly name: string;
  readonly stamp: string;
  readonly number: number;
}

async function rotatedNames(path: string): Promise<readonly RotatedName[]> {
  const { stem, ending } = partsOf(path);
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .flatMap((entry) => (entry.isFile() ? [entry.name] : []))
    .filter((name) => name.startsWith(`${stem}.`) && name.endsWith(ending))
    .flatMap((name) => {
      const rest = name.slice(stem.length + 1, name.length - ending.length);
      const [, stamp, number = '1'] = /^(\d{8}T\d{6}Z)(?:-(\d{1,9}))?$/.exec(rest) ?? [];
      return stamp === undefined ? [] : [{ name, stamp, number: Number(number) }];
    })
    .sort((one, other) => (one.stamp === other.stamp ? one.number - other.number : one.stamp < other.stamp ? -1 : 1));
}

/** True when a file that was last written at `writtenAt` belongs to an earlier hour or day of UTC than `now`. */
export function isPeriodOver(every: AuditRotation, writtenAt: number, now: number): boolean {
  if (every === 'none') return false;
  const period = every === 'day' ? dayMs : 3600 * 1000;
  return Math.floor(now / period) > Math.floor(writtenAt / period);
}
