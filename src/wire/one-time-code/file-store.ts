/** @module One-time codes in a property file of the configuration folder, a line for each person: `user=sealed record`. */
import { openFileStore } from '../../spi/file-store.ts';
import type { ModuleServices } from '../../spi/module-services.ts';
import type { OneTimeCodeStore, StoredOneTimeCode } from '../../spi/one-time-codes.ts';
import { parseProperties, propertiesByKey, removeProperty, setProperty } from '../properties-file.ts';

type FileServices = Pick<ModuleServices, 'watchFile' | 'changeFile' | 'logger'>;

interface Records {
  readonly byName: ReadonlyMap<string, string>;
  /** The first spelling of each name, by what `folded` makes of it. */
  readonly spellings: ReadonlyMap<string, string>;
}

/**
 * A name is found in any spelling that a directory or a database could take for the same, unless its own is there: many of them do
 * not tell `Alice` from `alice` or `alicé`, and whoever has no record may need no code. While there is no such file nobody can
 * be asked for: an empty file is where nobody is enrolled, a file that is gone is not.
 * @throws ERR_CONFIG_INVALID when the file is there and cannot be used.
 */
export async function openOneTimeCodeFile(path: string, services: FileServices): Promise<OneTimeCodeStore> {
  const file = await openFileStore(services, [path], readRecords);

  /** Without waiting until the watcher has seen what was changed last. */
  async function readNewest(): Promise<Records> {
    let newest: Records | undefined;
    await services.changeFile(path, (text) => {
      newest = readRecords(text);
      return undefined;
    });
    return newest ?? file.read();
  }

  return {
    async find(user, _signal, newest = false) {
      const watched = await file.read();
      return found(newest ? await readNewest() : watched, user);
    },
    async change(user, from, to) {
      await file.read();
      return services.changeFile(path, (text) => {
        if (propertiesByKey(parseProperties(text)).get(user) !== from) return undefined;
        return to === undefined ? removeProperty(text, user) : setProperty(text, user, to);
      });
    },
    async users() {
      await file.read();
      return [...(await readNewest()).byName.keys()].sort();
    },
  };
}

function readRecords(text: string): Records {
  const byName = propertiesByKey(parseProperties(text));
  const spellings = new Map<string, string>();
  for (const name of byName.keys()) {
    const key = folded(name);
    if (!spellings.has(key)) spellings.set(key, name);
  }
  return { byName, spellings };
}

function found({ byName, spellings }: Records, name: string): StoredOneTimeCode | undefined {
  const user = byName.has(name) ? name : spellings.get(folded(name));
  const sealed = user === undefined ? undefined : byName.get(user);
  return user === undefined || sealed === undefined ? undefined : { user, sealed };
}

/** Case, accents, width, invisible characters and the number of blanks: what collations and matching rules pass over (RFC 4518 §2). */
function folded(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}
