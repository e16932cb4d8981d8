/** @module `gatehouse vault import-jboss` on a vault that PicketBox has made. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { runProgram } from '../support/child-process.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const fixtures = join(projectRoot, 'test/fixtures/jboss-vault');
const [, clear = '', salt = '', iteration = '', masked = ''] =
  readFileSync(join(fixtures, 'masks.tsv'), 'utf8').split('\n')[0]?.split('\t') ?? [];
const files = ['--keystore', join(fixtures, 'vault.keystore'), '--enc-dir', fixtures];
const password = ['--keystore-password', masked, '--salt', salt, '--iteration', iteration];
let folder: TempFolder;
const run = (args: readonly string[], input = '', home = 'var') =>
  runProgram(process.execPath, ['bin/gatehouse', 'vault', ...args, '--home', join(folder.path, home)], { input });

beforeAll(async () => {
  folder = await makeTempFolder('import-vault');
  await run(['init']);
});
afterAll(() => folder.remove());

it('takes over every value, and a server starts with them', async () => {
  const { code, stdout, output } = await run(['import-jboss', ...files, ...password, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ imported: { length: 46 }, kept: [], unnameable: [] });
  expect(output).not.toMatch(/Kestrel|Plover|Curlew|vault22/);
  const configuration = join(folder.path, 'var/configuration');
  mkdirSync(configuration, { recursive: true });
  writeFileSync(
    join(configuration, 'gatehouse.yaml'),
    `security-domains: { d: { authentication: [ { code: SimpleUsers, flag: required, module-options: { eric: VAULT::ds_users::password::1 } } ] } }\n`,
  );
  const tried = await runProgram(
    process.execPath,
    [
      'bin/gatehouse',
      'test-login',
      '--home',
      join(folder.path, 'var'),
      '--domain',
      'd',
      '--user',
      'eric',
      '--password-stdin',
      '--json',
    ],
    { input: 'datasource-Kestrel-41' },
  );
  expect(JSON.parse(tried.stdout)).toMatchObject({ status: 'authenticated' });
});

it('may be repeated, and leaves what has changed since', async () => {
  await run(['import-jboss', ...files], `${clear}\n`);
  await run(['add', 'ldap', 'bindCredential', '--replace'], 'newer');
  const { code, stdout } = await run(['import-jboss', ...files], `${clear}\n`);
  expect([code, stdout]).toEqual([
    1,
    expect.stringContaining(`another value is there (--replace replaces it): \${VAULT::ldap::bindCredential::1}`),
  ]);
  expect((await run(['import-jboss', ...files, '--replace'], clear)).code).toBe(0);
});

it.each([
  ['another password', [...files], 'wrong-Heron', 'the password is another one'],
  [
    'another salt',
    [...files, '--keystore-password', masked, '--salt', '00000000', '--iteration', iteration],
    '',
    'masked with another salt',
  ],
  ['another alias', [...files, '--alias', 'nope'], clear, '(it has: vault)'],
  ['no such keystore', ['--keystore', '/nowhere', '--enc-dir', fixtures], clear, 'there is no such file'],
])('is refused with %s', async (_, args, input, problem) => {
  const { code, output } = await run(['import-jboss', ...args], input);
  expect([code, output]).toEqual([1, expect.stringContaining(problem)]);
  expect(output).toContain('ERR_JBOSS_VAULT');
  expect(output).not.toMatch(/Heron|vault22/);
});

it('is refused for a vault of before EAP 6.3, and for two at once', async () => {
  const old = join(folder.path, 'old');
  mkdirSync(old);
  writeFileSync(join(old, 'ENC.dat'), '');
  const args = ['--keystore', join(fixtures, 'vault.keystore'), '--enc-dir', old];
  expect((await run(['import-jboss', ...args], clear)).output).toContain('it is of before EAP 6.3');
  copyFileSync(join(fixtures, 'VAULT.dat'), join(old, 'VAULT.dat'));
  expect((await run(['import-jboss', ...args], clear)).output).toContain('it lies beside VAULT.dat');
});

it('is refused where there is no vault to import into', async () => {
  const { code, output } = await run(['import-jboss', ...files], clear, 'empty');
  expect([code, output]).toEqual([1, expect.stringContaining('ERR_VAULT_MISSING')]);
});

it.each([
  [[]],
  [['--keystore', 'a']],
  [[...files, '--keystore-password', 'clear']],
  [[...files, '--keystore-password', masked, '--salt', 'short', '--iteration', '1']],
  [[...files, '--keystore-password', masked, '--salt', salt, '--iteration', 'x']],
  [[...files, '--salt', salt]],
  [[...files, 'name']],
])('calls %j wrong usage', async (args) => {
  expect((await run(['import-jboss', ...args])).code).toBe(2);
});
