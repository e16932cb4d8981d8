/** @module The file in which a server keeps what it knows of partners and our keys, for `gatehouse keys list --partners`. */
import { z } from 'zod';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createKeySightings, type KeySightings, noSightings, type Sightings } from '../engine/key-sightings.ts';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';

const path = 'data/keys/sightings.json';
/** Ten thousand partners with their keys have about three. */
const maxBytes = 16 * 1024 * 1024;
/** What a crash may lose; it is a view for people. */
const writeMs = 3000;

const instant = z.number().min(0);
const sightingsSchema = z.object({
  partners: z.record(
    z.string(),
    z.object({
      fetchedAt: instant.optional(),
      verifiedAt: instant.optional(),
      keys: z.record(z.string(), z.object({ signedAt: instant, confirmedAt: instant.optional() })),
    }),
  ),
  fetches: z.object({ count: z.int().min(0), lastAt: instant.optional() }),
});

/** What cannot be read is as good as nothing: it is a view, and grows again. @throws ERR_CONFIG_UNREADABLE */
export async function readSightings(home: Pick<HomeFolder, 'readBytes'>): Promise<Sightings> {
  const bytes = await home.readBytes(path, maxBytes);
  const parsed = bytes && sightingsSchema.safeParse(jsonOf(bytes));
  return parsed?.success === true ? withoutAbsent(parsed.data) : noSightings;
}

export interface SightingsParts {
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Written now and then, and at the end. A disk that is full loses the view and nothing else. */
export async function openKeySightings({ home, clock, logger, closers }: SightingsParts): Promise<KeySightings> {
  const sightings = createKeySightings(clock, await readSightings(home));
  let written = sightings.revision();

  async function write(): Promise<void> {
    const revision = sightings.revision();
    if (revision === written) return;
    written = revision;
    try {
      await home.writeText(path, `${JSON.stringify(sightings.snapshot())}\n`);
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.warn({ ...error.facts }, 'what is known of partners and our keys could not be written');
    }
  }

  const timer = setInterval(() => void write(), writeMs).unref();
  closers.add(timer, async () => {
    clearInterval(timer);
    await write();
  });
  return sightings;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** Fields that are not there are left out, as the contract has them. */
function withoutAbsent(read: z.output<typeof sightingsSchema>): Sightings {
  return JSON.parse(JSON.stringify(read));
}
