/** @module How long logins of one domain take while another domain's directory drops packets, against the same with that directory up. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { systemRandom } from '../src/adapters/system-clock.ts';
import { Secret } from '../src/spi/secret.ts';
import type { SecurityDomain } from '../src/spi/security-domain.ts';
import { hashArgon2 } from '../src/wire/argon2.ts';
import { openRealHouse, type RealHouse } from '../test/support/real-domain.ts';
import { openBlackHole } from '../test/support/servers/black-hole.ts';
import { startSlapd } from '../test/support/servers/slapd.ts';
import { personPassword, suffix } from '../test/support/servers/slapd-people.ts';
import { median, type Row, row } from './row.ts';

const rounds = 7;
const password = 'correct horse battery staple';
/** People who try to sign in where the directory is asked, each again this long after the last answer. */
const besides = 32;
const besidesPauseMs = 50;

type DirectoryOptions = Readonly<Record<string, string>>;

interface Measured {
  readonly name: string;
  readonly callers: number;
  readonly perRound: number;
  readonly stored: () => Promise<string>;
  readonly options: Readonly<Record<string, unknown>>;
}

const measured: readonly Measured[] = [
  {
    name: 'files-sha256',
    callers: 8,
    perRound: 8000,
    stored: async () => createHash('sha256').update(password).digest('hex'),
    options: { hashAlgorithm: 'SHA-256', hashEncoding: 'HEX' },
  },
  {
    name: 'files-argon2id',
    callers: 2,
    perRound: 200,
    stored: () => hashArgon2(new Secret(password), systemRandom.bytes(16)),
    options: {},
  },
];

const login = (domain: SecurityDomain, username: string, typed: string) =>
  domain.login(
    { kind: 'password', username, password: new Secret(typed) },
    { sourceAddress: '192.0.2.1', mechanism: 'FORM' },
  );

/** The 99th percentile of the time of one login, in milliseconds. */
async function p99(domain: SecurityDomain, { callers, perRound }: Measured): Promise<number> {
  const times: number[] = [];
  let left = perRound;
  const caller = async () => {
    while (left-- > 0) {
      const begun = performance.now();
      const { status } = await login(domain, 'eric', password);
      times.push(performance.now() - begun);
      if (status !== 'authenticated') throw new Error(`the measured domain says ${status}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

/** Runs `work` while others sign in to a domain on this directory; a domain of its own, so that its circuit begins closed. */
async function amid<T>(
  house: RealHouse,
  name: string,
  directory: DirectoryOptions,
  work: () => Promise<T>,
): Promise<T> {
  const domain = await house.open({
    name,
    modules: [
      {
        code: 'LdapExtended',
        options: { ...directory, baseCtxDN: `ou=people,${suffix}`, baseFilter: '(uid={0})' },
      },
    ],
  });
  let over = false;
  const caller = async () => {
    while (!over) {
      await login(domain, 'hnelson', personPassword);
      await pause(besidesPauseMs);
    }
  };
  const callers = Array.from({ length: besides }, caller);
  try {
    return await work();
  } finally {
    over = true;
    await Promise.all(callers);
  }
}

async function rowOf(one: Measured, directory: DirectoryOptions, hole: DirectoryOptions): Promise<Row> {
  const house = await openRealHouse({
    files: { 'users.properties': `eric=${await one.stored()}\n`, 'roles.properties': 'eric=all\n' },
  });
  try {
    const domain = await house.open({ name: one.name, modules: [{ code: 'UsersRoles', options: one.options }] });
    await p99(domain, one);
    const dropped: number[] = [];
    const up: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      up.push(await amid(house, `up-${round}`, directory, () => p99(domain, one)));
      dropped.push(await amid(house, `dropped-${round}`, hole, () => p99(domain, one)));
    }
    return row({
      name: `black-hole-p99-${one.name}`,
      unit: `milliseconds of a login, 99th percentile, ${one.callers} callers; ${besides} others at the domain whose directory drops packets`,
      ours: median(dropped),
      reference: median(up),
      referenceIs: 'the same while that directory is up',
      target: '<= 1.1',
    });
  } finally {
    await house.close();
  }
}

export async function blackHole(): Promise<readonly Row[]> {
  const slapd = await startSlapd();
  const hole = await openBlackHole();
  try {
    const bind = { bindDN: slapd.service.dn, bindCredential: slapd.service.password };
    const at = (url: string): DirectoryOptions => ({ ...bind, 'java.naming.provider.url': url });
    const rows: Row[] = [];
    for (const one of measured) rows.push(await rowOf(one, at(slapd.url), at(hole.url)));
    return rows;
  } finally {
    await hole.close();
    await slapd.close();
  }
}
