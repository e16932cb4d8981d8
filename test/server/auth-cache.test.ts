/** @module Cached logins over real files: what a changed file ends, and when. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPasswords } from '../../src/adapters/passwords/passwords.ts';
import { createWatchedFiles } from '../../src/adapters/watched-files.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { createClosers } from '../../src/server/closers.ts';
import { buildDomains } from '../../src/server/domains.ts';
import { Secret } from '../../src/spi/secret.ts';
import { auditServices, silentMeter } from '../support/audit-services.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { pluginServices } from '../support/plugin-services.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { catalog } from '../support/whole-catalog.ts';

const text = `
audit: []
security-realms:
  ApplicationRealm: { authentication: [ { properties: { path: app.properties } } ] }
security-domains:
  files: { cache-type: default, authentication: [ { code: UsersRoles, flag: required } ] }
  realm: { cache-type: default, authentication: [ { code: RealmDirect, flag: required } ] }
`;

const ha1 = (password: string) => createHash('md5').update(`eric:ApplicationRealm:${password}`).digest('hex');

async function start() {
  const { path: folder, remove } = await makeTempFolder('auth-cache');
  onTestFinished(remove);
  const put = (file: string, contents: string) => writeFile(join(folder, file), contents);
  await put('users.properties', 'eric=old\n');
  await put('roles.properties', 'eric=AB\n');
  await put('app.properties', `eric=${ha1('old')}\n`);
  const loaded = loadConfiguration({
    text,
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readSecretFile: () => ({ problem: 'there is none' }),
  });
  if (loaded.status === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join());
  const services = pluginServices();
  const closers = createClosers();
  // Run in the opposite order: the files are closed before their folder goes.
  onTestFinished(() => closers.closeAll());
  const random = createFakeRandom();
  const files = closers.add(createWatchedFiles({ folder, logger: services.logger, automatic: false }), (open) =>
    open.close(),
  );
  const { domains } = await buildDomains({
    configuration: loaded.configuration,
    catalog,
    revision: 'r',
    clock: createFakeClock(),
    random,
    files,
    logger: services.logger,
    metrics: { provider: createRecordingAuditor(), meter: silentMeter },
    auditServices: auditServices({}),
    stores: {
      ...services,
      passwords: closers.add(createPasswords({ random }), (open) => open.close()),
      datasources: new Map(),
      truststores: new Map(),
      openDirectory: services.directory,
    },
    closers,
  });
  async function login(domain: string, password: string) {
    const evidence = { kind: 'password', username: 'eric', password: new Secret(password) } as const;
    const result = await domains.get(domain)!.login(evidence, { sourceAddress: '192.0.2.1', mechanism: 'BASIC' });
    return result.status === 'authenticated' ? [result.status, ...result.subject.roles] : [result.status];
  }
  return { put, files, login, domains };
}

describe('jboss-facts §15 no. 13: a change in a file takes effect at once although logins are cached', () => {
  it('a changed password in a users file', async () => {
    const { put, files, login } = await start();
    await login('files', 'old');
    await put('users.properties', 'eric=brand-new\n');
    await files.check();
    expect([await login('files', 'old'), await login('files', 'brand-new')]).toEqual([
      ['denied'],
      ['authenticated', 'AB'],
    ]);
  });

  it('a user who is gone from it', async () => {
    const { put, files, login } = await start();
    await login('files', 'old');
    await put('users.properties', '# eric=old\n');
    await files.check();
    expect(await login('files', 'old')).toEqual(['denied']);
  });

  it('a role that was taken away', async () => {
    const { put, files, login } = await start();
    await login('files', 'old');
    await put('roles.properties', 'eric=CD,EF\n');
    await files.check();
    expect(await login('files', 'old')).toEqual(['authenticated', 'CD', 'EF']);
  });

  it('a changed password in the file of a realm', async () => {
    const { put, files, login } = await start();
    expect(await login('realm', 'old')).toEqual(['authenticated']);
    await put('app.properties', `# changed\neric=${ha1('new')}\n`);
    await files.check();
    expect(await login('realm', 'old')).toEqual(['denied']);
  });

  it('and a file that has not changed flushes nothing', async () => {
    const { files, login, domains } = await start();
    await login('files', 'old');
    await files.check();
    expect(domains.get('files')?.cache?.principals()).toEqual(['eric']);
  });
});

it('a file that was only touched flushes too: it is how caches are emptied by hand', async () => {
  const { put, files, login, domains } = await start();
  await login('files', 'old');
  await put('users.properties', 'eric=old\n');
  await files.check();
  expect(domains.get('files')?.cache?.principals()).toEqual([]);
});
