/** @module A login that the authentication cache stands in for, against the same login without a cache. */
import { argon2LoginDomain } from './argon2-login.ts';
import { median, type Row, row } from './row.ts';

const rounds = 5;
/** A hit takes microseconds and a hash tens of milliseconds: each gets about as long. */
const hitsPerRound = 5000;
const missesPerRound = 20;

async function perSecond(times: number, work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  for (let done = 0; done < times; done += 1) await work();
  return (times * 1000) / (performance.now() - begun);
}

export async function cachedLogin(): Promise<readonly Row[]> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const cached = await argon2LoginDomain({ rule: { maxEntries: 1000, lifetimeMs: 3_600_000 }, logger: silent });
  const plain = await argon2LoginDomain();
  await cached.login();
  await plain.login();
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    reference.push(await perSecond(missesPerRound, plain.login));
    ours.push(await perSecond(hitsPerRound, cached.login));
  }
  await Promise.all([cached.close(), plain.close()]);
  return [
    row({
      name: 'login-cache-hit',
      unit: 'logins per second, one after another',
      ours: median(ours),
      reference: median(reference),
      referenceIs: 'the same login without cache-type: UsersRoles with Argon2id',
      target: '>= 50',
    }),
  ];
}
