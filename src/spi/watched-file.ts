/** @module A file's parsed contents, kept equal to the file: how plug-ins read text without importing a file system. */

/** A value parsed from a file and kept equal to it. */
export interface Watched<T> {
  /** The newest contents that parsed. A bad change keeps the old value and is logged. */
  current(): T;
}

/**
 * A text file in UTF-8, relative to the configuration folder, parsed now and again on each change.
 * `undefined` when there is no such file. @throws ERR_CONFIG_INVALID when it cannot be parsed at first.
 */
export type WatchFile = <T>(path: string, parse: (text: string) => T) => Promise<Watched<T> | undefined>;

/** The same of a file that need not be text. */
export type WatchBytes = <T>(path: string, parse: (bytes: Uint8Array) => T) => Promise<Watched<T> | undefined>;
