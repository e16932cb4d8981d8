/** @module Whether a path stays inside a folder. */
import { isAbsolute, relative, sep } from 'node:path';

/** True for what lies in the folder or deeper, not for the folder itself. Spelling only: symbolic links are the caller's to resolve. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
