/** @module Logins against OpenLDAP, against the same requests on bare pooled connections of the client library. */
import { Client } from 'ldapts';
import { createDirectories } from '../src/adapters/ldap/directories.ts';
import { createMemoryEphemeralStore } from '../src/adapters/memory-ephemeral-store.ts';
import { systemClock, systemRandom, systemTimers } from '../src/adapters/system-clock.ts';
import { openCatalog } from '../src/catalog.ts';
import { createAuditTrail } from '../src/engine/audit-trail.ts';
import { createSecurityDomain } from '../src/engine/security-domain.ts';
import type { ModuleServices } from '../src/spi/login-module.ts';
import { Secret } from '../src/spi/secret.ts';
import type { SecurityDomain } from '../src/spi/security-domain.ts';
import { type Slapd, startSlapd } from '../test/support/servers/slapd.ts';
import { personPassword, suffix } from '../test/support/servers/slapd-people.ts';
import { median, type Row, row } from './row.ts';

const rounds = 5;
const perRound = 2000;
const connections = 8;
const names = ['hnelson', 'jdoe', 'asmith'];
const dnOf = (name: string) => `uid=${name},ou=people,${suffix}`;

const silent = () => undefined;
const absent = () => {
  throw new Error('this benchmark has no such store');
};

function services(): ModuleServices {
  const { open } = createDirectories(systemClock);
  return {
    domain: 'bench',
    clock: systemClock,
    random: systemRandom,
    sealingKey: absent,
    record: absent,
    logger: { info: silent, warn: silent, error: silent },
    ephemeral: createMemoryEphemeralStore({ clock: systemClock }),
    directory: open,
    realm: absent,
    datasource: absent,
    truststore: absent,
    securityDomain: absent,
    kerberosAcceptor: absent,
    changeFile: absent,
    watchFile: absent,
    passwords: { verify: absent, hash: absent },
  };
}

async function domainWith(code: string, options: Readonly<Record<string, unknown>>): Promise<SecurityDomain> {
  const factory = (await openCatalog()).loginModules.find(code);
  if (factory === undefined || factory === 'later') throw new Error(`${code} is not in the catalogue`);
  const module = await factory.create({ 'pool-size': connections, ...options }, services());
  return createSecurityDomain({
    name: 'bench',
    modules: [{ name: code, code, flag: 'required', module, stacking: false }],
    audit: createAuditTrail({ providers: [], node: 'bench', clock: systemClock, random: systemRandom }),
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    configRevision: 'bench',
    defaultDeadlineMs: 10_000,
  });
}

/** Calls a second, one caller a connection. */
async function rate(work: (caller: number, name: string) => Promise<void>): Promise<number> {
  const begun = performance.now();
  let left = perRound;
  const worker = async (caller: number) => {
    while (left-- > 0) await work(caller, names[left % names.length] ?? '');
  };
  await Promise.all(Array.from({ length: connections }, (_, caller) => worker(caller)));
  return (perRound * 1000) / (performance.now() - begun);
}

type Work = Parameters<typeof rate>[0];

/** The machine is noisy, so ours and the reference take turns. */
async function compared(ours: Work, bare: Work): Promise<{ readonly ours: number; readonly reference: number }> {
  await rate(bare);
  await rate(ours);
  const rates = { ours: [] as number[], reference: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    rates.reference.push(await rate(bare));
    rates.ours.push(await rate(ours));
  }
  return { ours: median(rates.ours), reference: median(rates.reference) };
}

const login =
  (domain: SecurityDomain): Work =>
  async (_, username) => {
    const evidence = { kind: 'password', username, password: new Secret(personPassword) } as const;
    const result = await domain.login(evidence, { sourceAddress: '127.0.0.1', mechanism: 'FORM' });
    if (result.status !== 'authenticated') throw new Error(`not authenticated: ${JSON.stringify(result)}`);
  };

async function bareClients(slapd: Slapd): Promise<readonly Client[]> {
  const clients = Array.from({ length: connections }, () => new Client({ url: slapd.url }));
  await Promise.all(clients.map((client) => client.bind(slapd.service.dn, slapd.service.password)));
  return clients;
}

export async function ldapLogin(): Promise<readonly Row[]> {
  const slapd = await startSlapd();
  const [searching, binding] = [await bareClients(slapd), await bareClients(slapd)];
  const url = { 'java.naming.provider.url': slapd.url };
  const direct = { ...url, principalDNPrefix: 'uid=', principalDNSuffix: `,ou=people,${suffix}` };
  const roles = { rolesCtxDN: `ou=groups,${suffix}`, roleFilter: '(member={1})', roleAttributeID: 'cn' };
  const service = { bindDN: slapd.service.dn, bindCredential: slapd.service.password };
  const searched = { ...url, ...service, baseCtxDN: `ou=people,${suffix}`, baseFilter: '(uid={0})', ...roles };
  const one = await domainWith('Ldap', direct);
  const three = await domainWith('LdapExtended', searched);
  const bind: Work = async (caller, name) => binding[caller]?.bind(dnOf(name), personPassword);
  const searchAnd: Work = async (caller, name) => {
    await searching[caller]?.search(searched.baseCtxDN, { filter: `(uid=${name})`, attributes: ['1.1'], sizeLimit: 2 });
    await bind(caller, name);
    await searching[caller]?.search(roles.rolesCtxDN, { filter: `(member=${dnOf(name)})`, attributes: ['cn'] });
  };
  try {
    const unit = 'logins per second';
    return [
      row({
        name: 'login-ldap-bind',
        unit,
        ...(await compared(login(one), bind)),
        referenceIs: 'binds per second on bare clients of ldapts, as many connections',
        target: '>= 0.3',
      }),
      row({
        name: 'login-ldap-search-bind-roles',
        unit,
        ...(await compared(login(three), searchAnd)),
        referenceIs: 'the same search, bind and search per second on bare clients of ldapts',
        target: '>= 0.3',
      }),
    ];
  } finally {
    await Promise.all([one.close(), three.close(), ...[...searching, ...binding].map((client) => client.unbind())]);
    await slapd.close();
  }
}
