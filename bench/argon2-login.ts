/** @module Logins with Argon2id passwords on all cores, against the bare hash at the same parameters. */
import { argon2 } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { createMemoryEphemeralStore } from '../src/adapters/memory-ephemeral-store.ts';
import { createPasswords } from '../src/adapters/passwords/passwords.ts';
import { systemClock, systemRandom, systemTimers } from '../src/adapters/system-clock.ts';
import { openCatalog } from '../src/catalog.ts';
import { createAuditTrail } from '../src/engine/audit-trail.ts';
import { createSecurityDomain, type SecurityDomainOptions } from '../src/engine/security-domain.ts';
import { Secret } from '../src/spi/secret.ts';
import type { SecurityDomain } from '../src/spi/security-domain.ts';
import { hashArgon2 } from '../src/wire/argon2.ts';
import { median, type Row, row } from './row.ts';

const rounds = 5;
const perRound = 60;
const concurrency = availableParallelism() * 2;
const password = 'correct horse battery staple';
/** OWASP's first choice for Argon2id, and what first start writes: 19 MiB, two passes, one lane. */
const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

const silent = () => undefined;
const absent = () => {
  throw new Error('this benchmark has no such store');
};

async function domainWithOneUser(cache?: SecurityDomainOptions['cache']): Promise<SecurityDomain> {
  const stored = await hashArgon2(new Secret(password), systemRandom.bytes(16));
  const factory = (await openCatalog()).loginModules.find('UsersRoles');
  if (factory === undefined || factory === 'later') throw new Error('UsersRoles is not in the catalogue');
  const module = await factory.create(
    {},
    {
      domain: 'bench',
      clock: systemClock,
      random: systemRandom,
      sealingKey: absent,
      record: absent,
      logger: { info: silent, warn: silent, error: silent },
      realm: absent,
      datasource: absent,
      directory: absent,
      truststore: absent,
      securityDomain: absent,
      kerberosAcceptor: absent,
      ephemeral: createMemoryEphemeralStore({ clock: systemClock }),
      passwords: createPasswords({ random: systemRandom }),
      changeFile: absent,
      watchFile: async (path, parse) => {
        const parsed = parse(path.startsWith('users') ? `eric=${stored}\n` : 'eric=all\n');
        return { current: () => parsed };
      },
    },
  );
  return createSecurityDomain({
    name: 'bench',
    modules: [{ name: 'UsersRoles', code: 'UsersRoles', flag: 'required', module, stacking: false }],
    audit: createAuditTrail({ providers: [], node: 'bench', clock: systemClock, random: systemRandom }),
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    configRevision: 'bench',
    defaultDeadlineMs: 10_000,
    ...(cache === undefined ? {} : { cache }),
  });
}

/** One user with an Argon2id password, who logs in again and again. */
export async function argon2LoginDomain(cache?: SecurityDomainOptions['cache']) {
  const domain = await domainWithOneUser(cache);
  return {
    async login(): Promise<void> {
      const evidence = { kind: 'password', username: 'eric', password: new Secret(password) } as const;
      const result = await domain.login(evidence, { sourceAddress: '127.0.0.1', mechanism: 'FORM' });
      if (result.status !== 'authenticated') throw new Error(`not authenticated: ${JSON.stringify(result)}`);
    },
    close: () => domain.close(),
  };
}

/** Calls a second. */
async function rate(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  let left = perRound;
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (perRound * 1000) / (performance.now() - begun);
}

export async function argon2Login(): Promise<readonly Row[]> {
  const domain = await argon2LoginDomain();
  const hash = promisify(argon2);
  const nonce = systemRandom.bytes(16);
  const bare = async () => {
    await hash('argon2id', { message: password, nonce, ...parameters });
  };
  await rate(domain.login);
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    reference.push(await rate(bare));
    ours.push(await rate(domain.login));
  }
  await domain.close();
  return [
    row({
      name: 'login-argon2id',
      unit: 'logins per second',
      ours: median(ours),
      reference: median(reference),
      referenceIs: 'bare Argon2id hashes per second, same parameters, all cores',
      target: '>= 0.9',
    }),
  ];
}
