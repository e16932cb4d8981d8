/** @module A file of users that modules write: older hashes are replaced at login, and nothing else is touched. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { usersRoles } from '../../../login-modules/users-roles.ts';
import { createFileChanger } from '../../../src/adapters/file-changer.ts';
import { openHome } from '../../../src/adapters/home-folder.ts';
import { createWatchedFiles } from '../../../src/adapters/watched-files.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';
import { password } from '../../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../../support/plugin-services.ts';

describe('UsersRoles with rehash', () => {
  const stored = '# kept\nalice=5ebe2294ecd0e0f08eab7690d2a6ee69\nbob=x\n';
  const options = { rehash: true, hashAlgorithm: 'MD5', hashEncoding: 'HEX' };
  const start = async (raw: Readonly<Record<string, unknown>> = options) => {
    const services = pluginServices({ files: { 'users.properties': stored, 'roles.properties': '' } });
    const module = await usersRoles.create(raw, services);
    const attempt = async (text: string, changes: Parameters<typeof loginContext>[1] = {}) =>
      (await module.login(loginContext(password('alice', text), changes))).status;
    return { services, attempt, text: () => services.files.get('users.properties') };
  };

  it('replaces an older hash by Argon2id when its user signs in, and changes nothing else', async () => {
    const { attempt, text } = await start();
    expect(await attempt('secret')).toBe('succeeded');
    expect(text()).toMatch(/^# kept\nalice=\$argon2id\$v=19\$m=19456,t=2,p=1\$[^\n]+\nbob=x\n$/);
    const replaced = text();
    expect(await attempt('secret')).toBe('succeeded');
    expect(await attempt('Secret')).toBe('failed');
    expect(text()).toBe(replaced);
  });

  it.each([
    ['a wrong password', 'wrong', {}, options],
    ['a dry run', 'secret', { dryRun: true }, options],
    ['a module without the option', 'secret', {}, { ...options, rehash: false }],
  ])('changes nothing at %s', async (_, typed, changes, raw) => {
    const { attempt, text } = await start(raw);
    await attempt(typed, changes);
    expect(text()).toBe(stored);
  });

  it('does not overwrite a password that was changed while it was verified', async () => {
    const { services, attempt, text } = await start();
    const login = attempt('secret');
    services.files.set('users.properties', 'alice=changed\n');
    expect(await login).toBe('succeeded');
    expect(text()).toBe('alice=changed\n');
  });

  it('lets the user in when the file cannot be written, and says so once', async () => {
    const { services, attempt, text } = await start();
    services.files.fault = new GatehouseError('ERR_CONFIG_UNREADABLE', 'read-only');
    for (let login = 0; login < 3; login += 1) expect(await attempt('secret')).toBe('succeeded');
    expect(services.logger.warnings()).toEqual(['older password hashes cannot be replaced']);
    expect(text()).toBe(stored);
  });

  it('does so in a real folder, and reads there what it has written', async () => {
    const home = await openHome(mkdtempSync(join(tmpdir(), 'gatehouse-rehash-')));
    const services = pluginServices();
    const files = createWatchedFiles({
      folder: home.resolve('configuration'),
      logger: services.logger,
      automatic: false,
    });
    onTestFinished(async () => {
      await files.close();
      rmSync(home.path, { recursive: true, force: true });
    });
    const path = join(home.path, 'configuration/users.properties');
    writeFileSync(path, stored);
    writeFileSync(join(home.path, 'configuration/roles.properties'), 'alice=all\n');
    const module = await usersRoles.create(options, {
      ...services,
      watchFile: files.watchFile,
      changeFile: createFileChanger(home),
    });
    const attempt = async (text: string) => (await module.login(loginContext(password('alice', text)))).status;
    // Two at once, before the change is seen: only the first of them writes.
    expect(await Promise.all([attempt('secret'), attempt('secret')])).toEqual(['succeeded', 'succeeded']);
    const written = readFileSync(path, 'utf8');
    expect(written).toMatch(/^# kept\nalice=\$argon2id\$/);
    await files.check();
    expect([await attempt('secret'), await attempt('Secret')]).toEqual(['succeeded', 'failed']);
    expect(readFileSync(path, 'utf8')).toBe(written);
  });
});
