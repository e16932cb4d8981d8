/** @module The files of a JBoss server that an import takes over, and where JBoss's path properties lead. */
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { readBoundedBytesSync } from './bounded-file.ts';
import { isBelow } from './path-below.ts';
import { isSystemError } from './system-error.ts';

/** A file of users with a hundred thousand lines has some ten. */
const maxFileBytes = 16 * 1024 * 1024;

export type JbossFile = { readonly bytes: Uint8Array; readonly source: string } | { readonly problem: string };

/**
 * Paths are relative to `folder` where they are not absolute. Whoever has written the configuration must not have any file of this
 * machine copied: only those of JBoss's own folders are read, and of folders in `given`, which came with the command. The way
 * through symbolic links counts.
 */
export function jbossFiles(folder: string, given: Iterable<string> = []): { read(path: string): JbossFile } {
  const own = basename(folder) === 'configuration' ? [folder, dirname(folder)] : [folder];
  const folders = [...own, ...[...given].filter(isAbsolute)].flatMap(realPathOf);
  return {
    read(path) {
      // No file name of Java or of Node has one, and the system calls refuse it with an error of their own.
      if (path.includes('\0')) return { problem: 'it is no name of a file' };
      const file = resolve(folder, path);
      const [source] = realPathOf(file);
      if (source !== undefined && !folders.some((one) => isBelow(one, source))) {
        return { problem: 'it is outside of the folders of JBoss; if it is meant, give its folder as a property (-D)' };
      }
      const result = readBoundedBytesSync(source ?? file, maxFileBytes);
      if ('problem' in result) return result;
      return source === undefined ? { problem: 'it cannot be found' } : { bytes: result.bytes, source };
    },
  };
}

/** None where there is no such file, or nobody may look. */
function realPathOf(path: string): readonly string[] {
  try {
    return [realpathSync(path)];
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

/** As JBoss sets them for a server with this configuration folder. */
export function pathProperties(folder: string): ReadonlyMap<string, string> {
  const base = dirname(folder);
  return new Map([
    ['jboss.server.config.dir', folder],
    ['jboss.domain.config.dir', folder],
    ['jboss.server.base.dir', base],
    ['jboss.domain.base.dir', base],
    ['jboss.server.data.dir', join(base, 'data')],
    ['jboss.server.log.dir', join(base, 'log')],
    ['jboss.home.dir', dirname(base)],
  ]);
}
