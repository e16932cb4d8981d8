/** @module Very many logins through one domain, and what of memory and descriptors is held after each tenth of them. */
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../../src/spi/clock.ts';
import type { Evidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { LoginResult, SecurityDomain } from '../../src/spi/security-domain.ts';

export interface Held {
  /** Heap and the memory outside of it that objects hold, after a forced collection. */
  readonly bytes: number;
  /** Entries of /proc/self/fd. */
  readonly descriptors: number;
}

export interface SoakResult {
  readonly logins: number;
  readonly seconds: number;
  /** After each tenth. */
  readonly held: readonly Held[];
  /** How many logins ended how: `authenticated`, `locked-out`, or the reason of the module that refused. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface SoakOptions {
  readonly domain: SecurityDomain;
  readonly people: readonly { readonly name: string; readonly password: string }[];
  readonly logins: number;
  /** Moved on by `msPerLogin` with each one, so that counters of failures end while it runs. */
  readonly clock: SoakClock;
}

const concurrency = 16;
const msPerLogin = 100;

export interface SoakClock extends Clock {
  advance(ms: number): void;
}

/** Time that passes with the logins and not with the machine. */
export function createSoakClock(): SoakClock {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    timer: () => performance.now(),
    advance(ms) {
      now += ms;
    },
  };
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

export async function held(): Promise<Held> {
  // What a first collection frees may hold something that ends in a later turn.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external, descriptors: readdirSync('/proc/self/fd').length };
}

interface Attempt {
  readonly evidence: Evidence;
  readonly address: string;
  /** Whether it has to be let in: nobody is locked out by what others do. */
  readonly right: boolean;
}

const typed = (username: string, password: string): Evidence => ({
  kind: 'password',
  username,
  password: new Secret(password),
});

/** Of ten logins six are right; two have a wrong password, one a name that nobody has, one no name that could be. */
function attemptOf(number: number, people: SoakOptions['people']): Attempt {
  const person = people[number % people.length];
  if (person === undefined) throw new Error('nobody to sign in');
  const { name, password } = person;
  const at = (network: string) => `${network}.${number % 250}`;
  switch (number % 10) {
    case 6:
    case 7:
      return { evidence: typed(name, `${password}-${number}`), address: at('198.51.100'), right: false };
    case 8:
      return { evidence: typed(`nobody-${number}`, password), address: at('203.0.113'), right: false };
    case 9:
      return { evidence: typed(`*)(uid=\u0000${number}`, password), address: at('203.0.113'), right: false };
    default:
      return { evidence: typed(name, password), address: at('192.0.2'), right: true };
  }
}

function outcomeOf(result: LoginResult): string {
  if (result.status === 'authenticated') return result.status;
  if (result.trace.decidedBy.startsWith('lock-out: ')) return 'locked-out';
  return result.trace.modules.findLast(({ outcome }) => outcome === 'failed')?.reason ?? result.trace.decidedBy;
}

/** @throws Error when somebody who is right is not let in, or somebody who is not is */
export async function soak({ domain, people, logins, clock }: SoakOptions): Promise<SoakResult> {
  const outcomes: Record<string, number> = {};
  const one = async (number: number) => {
    clock.advance(msPerLogin);
    const { evidence, address, right } = attemptOf(number, people);
    const result = await domain.login(evidence, { sourceAddress: address, mechanism: 'FORM' });
    if ((result.status === 'authenticated') !== right) {
      throw new Error(`login ${number}: ${result.status}: ${JSON.stringify(result.trace)}`);
    }
    const outcome = outcomeOf(result);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const measured: Held[] = [];
  const begun = performance.now();
  const tenth = Math.floor(logins / 10);
  for (let part = 0; part < 10; part += 1) {
    let next = part * tenth;
    const end = next + tenth;
    const worker = async () => {
      while (next < end) await one(next++);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    measured.push(await held());
  }
  return { logins: tenth * 10, seconds: (performance.now() - begun) / 1000, held: measured, outcomes };
}
