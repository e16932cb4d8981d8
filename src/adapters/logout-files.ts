/** @module The files of the logout ledger: one for each unfinished logout, one a day for those that are finished. */
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GatehouseError } from '../spi/errors.ts';
import { type LogoutRecord, logoutRecord, logoutsKeptMs } from '../spi/logout-ledger.ts';
import { newestFirst } from './logout-book.ts';
import { privateMode, writePrivateFile } from './private-file.ts';
import { isSystemError } from './system-error.ts';

const folderMode = 0o700;
const idPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const dayPattern = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;
const dayMs = 24 * 3600_000;

export interface LogoutFiles {
  /** Replaces the file of an unfinished logout in one step. @throws ERR_STORE_UNAVAILABLE, as do all */
  saveOpen(record: LogoutRecord): Promise<void>;
  removeOpen(id: string): Promise<void>;
  /** On the disk when it resolves. */
  appendFinished(record: LogoutRecord): Promise<void>;
  readOpen(): Promise<readonly LogoutRecord[]>;
  /** Newest first. */
  finished(): AsyncGenerator<LogoutRecord>;
  /** Removes the days that nobody has to keep any more. */
  prune(now: number): Promise<void>;
}

/** @param folder `data/logouts` of a home. A reader makes no folders. */
export function createLogoutFiles(folder: string): LogoutFiles {
  const openFolder = join(folder, 'open');
  const openFile = (id: string) => {
    if (!idPattern.test(id)) throw new TypeError('a logout id has another form');
    return join(openFolder, `${id}.json`);
  };
  const fileOfDay = (at: number) => join(folder, `${new Date(at).toISOString().slice(0, 10)}.jsonl`);

  async function days(): Promise<readonly string[]> {
    const names = await namesIn(folder);
    return names.filter((name) => dayPattern.test(name)).sort();
  }

  return {
    saveOpen: (record) =>
      orUnavailable(async () => {
        await mkdir(openFolder, { recursive: true, mode: folderMode });
        await writePrivateFile(openFile(record.id), JSON.stringify(record));
      }),
    removeOpen: (id) => orUnavailable(() => rm(openFile(id), { force: true })),
    appendFinished: (record) =>
      orUnavailable(async () => {
        await mkdir(folder, { recursive: true, mode: folderMode });
        await using file = await open(fileOfDay(record.beganAt), 'a', privateMode);
        await appendFile(file, `${JSON.stringify(record)}\n`);
        await file.sync();
      }),
    readOpen: () =>
      orUnavailable(async () => {
        const names = (await namesIn(openFolder)).filter((name) => idPattern.test(name.replace(/\.json$/, '')));
        const records = await Promise.all(
          names.sort().map(async (name) => parsed(await readFile(join(openFolder, name), 'utf8'))),
        );
        return records.filter((record) => record !== undefined);
      }),
    async *finished() {
      for (const name of (await days()).toReversed()) {
        const records: LogoutRecord[] = [];
        const lines = createInterface({
          input: createReadStream(join(folder, name)),
          crlfDelay: Number.POSITIVE_INFINITY,
        });
        for await (const line of lines) {
          const record = parsed(line);
          if (record !== undefined) records.push(record);
        }
        // Of a logout that was finished twice the later line counts.
        yield* [...new Map(records.map((one) => [one.id, one])).values()].sort(newestFirst);
      }
    },
    prune: (now) =>
      orUnavailable(async () => {
        for (const name of await days()) {
          const [, day = ''] = dayPattern.exec(name) ?? [];
          // A day ends 24 hours after it begins: its last logout is kept for the whole month.
          if (Date.parse(day) + dayMs + logoutsKeptMs < now) await rm(join(folder, name), { force: true });
        }
      }),
  };
}

/** What a server has written, whether it runs or not: unfinished and finished ones, newest first. @throws ERR_STORE_UNAVAILABLE */
export async function* readLogoutFiles(folder: string): AsyncGenerator<LogoutRecord> {
  const files = createLogoutFiles(folder);
  const waiting = [...(await files.readOpen())].sort(newestFirst);
  const seen = new Set<string>();
  for await (const record of files.finished()) {
    for (let [first] = waiting; first !== undefined && first.id > record.id; [first] = waiting) {
      waiting.shift();
      seen.add(first.id);
      yield first;
    }
    if (waiting[0]?.id === record.id) waiting.shift();
    if (!seen.has(record.id)) yield record;
  }
  yield* waiting;
}

/** `undefined` for a line that a crash cut off, and for a record of a later release. */
function parsed(text: string): LogoutRecord | undefined {
  try {
    return logoutRecord.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the logout ledger cannot be read or written', {
      cause,
      facts: { problem: cause.code },
    });
  }
}
