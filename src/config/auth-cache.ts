/** @module `cache-type` and `cache` of a security domain: whether logins are kept, how many, for how long. */
import { z } from 'zod';
import type { Finding } from './problem.ts';
import { seconds } from './schema-fields.ts';

export interface AuthCacheConfiguration {
  readonly maxEntries: number;
  readonly lifetimeMs: number;
}

/** An entry is about 1 KB: 100 MB at the most. */
const mostEntries = 100_000;
/** A day: longer than that nobody wants to wait until a person who has left is out. */
const maxLifetimeSeconds = 86_400;

const cacheSchema = z.strictObject({
  'max-entries': z
    .int()
    .min(1)
    .max(mostEntries)
    .default(1000)
    .describe('How many logins are kept. The one that was used longest ago makes room.'),
  'lifetime-seconds': seconds(1, maxLifetimeSeconds)
    .default(300)
    .describe(
      'How long after a login its credential is believed without asking the modules: the time that a password changed in a database or directory goes on working. Changed files count at once.',
    ),
});

export const cacheFields = {
  'cache-type': z
    .enum(['default', 'infinispan'])
    .optional()
    .describe(
      'Whether granted logins are kept in memory, each node for itself; both values mean the same. Without it every login asks the modules.',
    ),
  cache: cacheSchema
    .optional()
    .describe('Size and lifetime of the cache that `cache-type` turns on; the defaults where it is left out.'),
} as const;

interface Written {
  readonly 'cache-type'?: 'default' | 'infinispan' | undefined;
  readonly cache?: z.output<typeof cacheSchema> | undefined;
}

/** `undefined`: nothing is kept. */
export function resolveCache(written: Written): AuthCacheConfiguration | undefined {
  if (written['cache-type'] === undefined) return undefined;
  const cache = written.cache ?? cacheSchema.parse({});
  return { maxEntries: cache['max-entries'], lifetimeMs: cache['lifetime-seconds'] * 1000 };
}

export function cacheFindings(domains: Readonly<Record<string, Written>>): readonly Finding[] {
  return Object.entries(domains).flatMap(([name, written]) =>
    written.cache === undefined || written['cache-type'] !== undefined
      ? []
      : [
          {
            path: ['security-domains', name, 'cache'],
            message: 'has no effect without cache-type: write "cache-type: default" beside it, or leave it out',
          },
        ],
  );
}
