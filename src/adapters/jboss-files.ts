/** @module The files of a JBoss server that an import takes over, and where JBoss's path properties lead. */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readBoundedBytesSync } from './bounded-file.ts';

/** A file of users with a hundred thousand lines has some ten. */
const maxFileBytes = 16 * 1024 * 1024;

export type JbossFile = { readonly bytes: Uint8Array; readonly source: string } | { readonly problem: string };

/** Paths are relative to `folder` where they are not absolute. */
export function jbossFiles(folder: string): { read(path: string): JbossFile } {
  return {
    read(path) {
      // No file name of Java or of Node has one, and the system calls refuse it with an error of their own.
      if (path.includes('\0')) return { problem: 'it is no name of a file' };
      const file = resolve(folder, path);
      const result = readBoundedBytesSync(file, maxFileBytes);
      return 'problem' in result ? result : { bytes: result.bytes, source: realpathSync(file) };
    },
  };
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
