/** @module `cache-type` and `cache` of a security domain. */
import { describe, expect, it } from 'vitest';
import { complaints, load } from './example-catalog.ts';

const domain = (rest: string) =>
  `security-domains:\n  d:\n    authentication: [ { code: Remoting, flag: required } ]\n${rest}`;

function cacheOf(rest: string) {
  const result = load(domain(rest));
  if (result.status === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.configuration.securityDomains[0]?.cache;
}

describe('the cache of a domain', () => {
  it('is none where nothing is written: every login runs the stack (jboss-facts §15 no. 13)', () => {
    expect(cacheOf('')).toBeUndefined();
  });

  it.each(['default', 'infinispan'])('has 1000 entries and, unlike in JBoss, an end with cache-type %s', (type) => {
    expect(cacheOf(`    cache-type: ${type}\n`)).toEqual({ maxEntries: 1000, lifetimeMs: 300_000 });
  });

  it('takes its size and lifetime from cache', () => {
    expect(cacheOf('    cache-type: default\n    cache: { max-entries: 5, lifetime-seconds: 10 }\n')).toEqual({
      maxEntries: 5,
      lifetimeMs: 10_000,
    });
  });

  it('is refused where it would never be used', () => {
    expect(complaints(domain('    cache: { max-entries: 5 }\n'))).toEqual([
      '4:12 security-domains.d.cache has no effect without cache-type: write "cache-type: default" beside it, or leave it out',
    ]);
  });

  it('refuses a type that is not known', () => {
    expect(complaints(domain('    cache-type: none\n')).join()).toContain('must be one of default, infinispan');
  });
});
