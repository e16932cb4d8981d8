/** @module The back-up copies of what metadata query servers have answered, in `data/metadata/mdq`: as many as are of use, and no older. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { trimFolder } from '../adapters/kept-folder.ts';
import type { DocumentCopy } from '../metadata/document-source.ts';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import { documentCopies } from './metadata-copies.ts';

export interface MdqCopies {
  read(entityId: string): Promise<DocumentCopy | undefined>;
  /** @throws ERR_CONFIG_UNREADABLE */
  write(entityId: string, copy: DocumentCopy): Promise<void>;
}

export interface MdqCopiesParts {
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Address of the server. */
  readonly where: string;
  readonly maxBytes: number;
}

const folder = 'data/metadata/mdq';

/** Two files each, twice as many as are remembered of one server: any request can name a partner that is asked for. */
const limits = { maxFiles: 4000, maxAgeMs: 90 * 24 * 3600_000 } as const;

/** The folder may be larger by as many copies until it is looked at again. */
const writesBetween = 250;

export function mdqCopies({ home, clock, logger, where, maxBytes }: MdqCopiesParts): MdqCopies {
  let writes = 0;
  const copiesOf = (entityId: string) => documentCopies(home, `${where}#${entityId}`, maxBytes, folder);

  /** Copies are of use without it: what cannot be tidied is said, and no more. */
  async function tidy(): Promise<void> {
    try {
      const removed = await trimFolder(home.resolve(folder), limits, clock.now());
      if (removed > 0) logger.info({ folder, removed }, 'copies of metadata that were too old or too many are removed');
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.warn({ code: error.code, ...error.facts }, 'copies of metadata cannot be tidied');
    }
  }

  return {
    read: (entityId) => copiesOf(entityId).read(),
    async write(entityId, copy) {
      // With the first one, so that a start waits for nothing and a look without the network writes nothing.
      if (writes % writesBetween === 0) await tidy();
      writes += 1;
      await copiesOf(entityId).write(copy);
    },
  };
}
