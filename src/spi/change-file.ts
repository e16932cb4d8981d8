/** @module Changing a text file that modules read: how a plug-in writes a newer hash without importing a file system. */

/**
 * Replaces a text file in one step; changes of one file come one after another. `change` gets the newest text and may be asked
 * again when somebody else has changed the file in between; `undefined`: there is nothing to change. True when it was changed.
 * The path is relative to the configuration folder, as for `watchFile`.
 * @throws ERR_CONFIG_UNREADABLE when it is outside the home folder, is not a regular file or cannot be written.
 */
export type ChangeFile = (path: string, change: (text: string) => string | undefined) => Promise<boolean>;
