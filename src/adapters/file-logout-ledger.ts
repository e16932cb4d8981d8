/** @module The logout ledger in files of one server's home: what was begun before a crash is finished after it. */
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import { isFinished, type LogoutLedger, type LogoutRecord, logoutsKeptMs } from '../spi/logout-ledger.ts';
import { createLogoutBook, newestFirst, withNote } from './logout-book.ts';
import { createLogoutFiles } from './logout-files.ts';

/** Finished ones that need no reading from the disk: the page of a person who waits asks again and again. */
const maxKept = 1000;

/**
 * Unfinished logouts are all in memory, each with a file that is replaced at every step. Leases are in memory only: the files
 * belong to one process, so whatever is found at the start is nobody's. @throws ERR_STORE_UNAVAILABLE
 */
export async function openFileLogoutLedger(options: {
  readonly folder: string;
  readonly clock: Clock;
}): Promise<LogoutLedger> {
  const { clock } = options;
  const files = createLogoutFiles(options.folder);
  const book = createLogoutBook(clock, maxKept);
  const queues = new Map<string, Promise<unknown>>();
  let prunedIn = 0;
  let closed = false;

  for (const record of await files.readOpen()) book.put(record);
  await files.prune(clock.now());

  /** Steps of one logout one after another: two that overlap would leave the older text on the disk. */
  async function inOrder<T>(id: string, step: () => Promise<T>): Promise<T> {
    if (closed) throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'The logout ledger is closed');
    const before = queues.get(id) ?? Promise.resolve();
    const own = before.then(step, step);
    queues.set(id, own);
    try {
      return await own;
    } finally {
      if (queues.get(id) === own) queues.delete(id);
    }
  }

  async function save(record: LogoutRecord): Promise<void> {
    if (!isFinished(record)) return files.saveOpen(record);
    // The line first: a crash between the two costs a second line, never a logout.
    await files.appendFinished(record);
    await files.removeOpen(record.id);
    const day = Math.floor(clock.now() / (24 * 3600_000));
    if (day !== prunedIn) {
      prunedIn = day;
      await files.prune(clock.now());
    }
  }

  async function find(id: string): Promise<LogoutRecord | undefined> {
    const known = book.get(id);
    if (known !== undefined) return known;
    for await (const record of files.finished()) if (record.id === id) return alive(record);
    return undefined;
  }

  const alive = (record: LogoutRecord) => (record.beganAt > clock.now() - logoutsKeptMs ? record : undefined);

  return {
    write: (record, lease) =>
      inOrder(record.id, async () => {
        await save(record);
        book.put(record, lease);
      }),
    note: (id, who, note) =>
      inOrder(id, async () => {
        const record = await find(id);
        const noted = record && withNote(record, who, note);
        if (record === undefined || noted === undefined || noted.record === record) return noted;
        await save(noted.record);
        book.put(noted.record);
        return noted;
      }),
    find: (id) => inOrder(id, () => find(id)),
    claim: (id, lease) => inOrder(id, async () => book.claim(id, lease)),
    async unclaimed(limit) {
      return inOrder('', async () => book.unclaimed(limit));
    },
    list: (limit) =>
      inOrder('', async () => {
        const found = new Map(book.list(limit).map((record) => [record.id, record]));
        for await (const record of files.finished()) {
          if (found.size >= limit && record.beganAt < oldestOf(found)) break;
          if (!found.has(record.id) && alive(record) !== undefined) found.set(record.id, record);
        }
        return [...found.values()].sort(newestFirst).slice(0, limit);
      }),
    remove: (id) =>
      inOrder(id, async () => {
        await files.removeOpen(id);
        book.remove(id);
      }),
    async close() {
      closed = true;
      await Promise.allSettled(queues.values());
      book.clear();
    },
  };
}

function oldestOf(found: ReadonlyMap<string, LogoutRecord>): number {
  return Math.min(...[...found.values()].map(({ beganAt }) => beganAt));
}
