/** @module What has to be closed, in the order opposite to the one in which it was opened; also after a half-failed start. */

export interface Closers {
  /** Remembers how to close something and gives it back. */
  add<T>(thing: T, close: (thing: T) => Promise<void> | void): T;
  /** Closes everything, even when one closing fails; then throws the first failure. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const open: (() => Promise<void> | void)[] = [];
  return {
    add(thing, close) {
      open.push(() => close(thing));
      return thing;
    },
    async closeAll() {
      const failures: unknown[] = [];
      for (let close = open.pop(); close !== undefined; close = open.pop()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/**
 * What `build` gives. Where it fails, what it has opened so far is closed and its own failure is thrown: that a thing
 * does not close either is not why there was no start.
 */
export async function closedOnFailure<T>(build: (closers: Closers) => Promise<T>): Promise<T> {
  const closers = createClosers();
  try {
    return await build(closers);
  } catch (error) {
    await Promise.allSettled([closers.closeAll()]);
    throw error;
  }
}
