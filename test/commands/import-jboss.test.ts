/** @module `gatehouse import-jboss` on the command line: what it writes, with which modes, and when it refuses. */
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusFolder } from '../importer/corpus.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { writeKeytab } from '../support/keytab.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let folder: TempFolder;
beforeAll(async () => {
  folder = await makeTempFolder('import-command');
});
afterAll(() => folder.remove());
const path = (...names: readonly string[]) => join(folder.path, ...names);
const shipped = join(corpusFolder, 'shipped/standalone.xml');
const importJboss = (...args: readonly string[]) => gatehouse('import-jboss', ...args);

describe('an import', () => {
  it('writes a home that serve --check accepts, each file for its owner only', async () => {
    const home = path('home');
    const { code, stdout } = await importJboss(shipped, '--output', home);
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'Import of standalone.xml']);
    expect((await gatehouse('serve', '--check', '--home', home)).code).toBe(0);
    for (const file of ['gatehouse.yaml', 'application-users.properties', 'mgmt-groups.properties']) {
      expect((await stat(join(home, 'configuration', file))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(home, 'data/secrets'))).mode & 0o777).toBe(0o700);
  });

  it('keeps its own names in the home, whatever files are called in JBoss', async () => {
    const names = ['gatehouse.yaml', 'history'];
    const realms = names.map(
      (name, at) =>
        `<security-realm name="R${at}"><authentication><properties path="${name}"/></authentication></security-realm>`,
    );
    const xml = `<server xmlns="urn:jboss:domain:4.2"><management><security-realms>${realms.join('')}</security-realms></management><profile/></server>`;
    await mkdir(path('named'));
    for (const name of names) await writeFile(path('named', name), 'eric=x\n');
    await writeFile(path('named', 'standalone.xml'), xml);
    const { code } = await importJboss(path('named', 'standalone.xml'), '--output', path('own-names'));
    expect(code).toBe(0);
    expect(await readFile(path('own-names', 'configuration', 'gatehouse.yaml'), 'utf8')).toContain('history-2');
  });

  it('replaces nothing without --force', async () => {
    const home = path('twice');
    await mkdir(join(home, 'configuration'), { recursive: true });
    await writeFile(join(home, 'configuration/mgmt-users.properties'), 'mine\n');
    const { code, output } = await importJboss(shipped, '--output', home);
    expect([code, output]).toEqual([1, expect.stringContaining('mgmt-users.properties is already there; --force')]);
    expect(await readFile(join(home, 'configuration/mgmt-users.properties'), 'utf8')).toBe('mine\n');
    expect((await importJboss(shipped, '--output', home, '--force')).code).toBe(0);
    expect(await readFile(join(home, 'configuration/mgmt-users.properties'), 'utf8')).toContain('susan=');
  });

  it('writes the report as JSON where it is told to, and not over another file', async () => {
    const report = path('report.json');
    const args = [shipped, '--output', path('json'), '--report', report, '--json', '--force'];
    expect((await importJboss(...args)).code).toBe(0);
    expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({
      file: 'standalone.xml',
      complete: true,
      counts: { refused: expect.any(Number) },
    });
    const { code, output } = await importJboss(shipped, '--output', path('json2'), '--report', report);
    expect([code, output]).toEqual([1, expect.stringContaining('already there; --force replaces it')]);
  });

  it('takes the files of users from the folder that it is told', async () => {
    const jboss = path('elsewhere');
    await cp(join(corpusFolder, 'shipped'), jboss, { recursive: true });
    await writeFile(path('alone.xml'), await readFile(shipped, 'utf8'));
    const home = path('from-elsewhere');
    expect((await importJboss(path('alone.xml'), '--configuration-dir', jboss, '--output', home)).code).toBe(0);
    expect(await readFile(join(home, 'configuration/application-users.properties'), 'utf8')).toContain('sarah=');
  });

  it('says what to bring when a file of users is not there', async () => {
    await mkdir(path('empty'));
    const { stdout } = await importJboss(shipped, '--configuration-dir', path('empty'), '--output', path('bring'));
    expect(stdout).toContain('[ ] put application-users.properties into configuration/application-users.properties');
  });

  it('makes a file of users in Latin-1 one in UTF-8', async () => {
    const jboss = path('latin');
    await cp(join(corpusFolder, 'picketlink'), jboss, { recursive: true });
    await writeFile(join(jboss, 'users.properties'), Buffer.from('rené=päss\n', 'latin1'));
    const home = path('utf8');
    await importJboss(join(jboss, 'standalone.xml'), '--output', home);
    expect(await readFile(join(home, 'configuration/users.properties'), 'utf8')).toBe('rené=päss\n');
  });

  it('makes the key of an identity provider, and keeps one that is there', async () => {
    const home = path('idp');
    const standalone = join(corpusFolder, 'picketlink/standalone.xml');
    await importJboss(standalone, '--output', home);
    const key = await readFile(join(home, 'data/keys/idp.key'), 'utf8');
    expect((await gatehouse('serve', '--check', '--home', home)).code).toBe(0);
    await importJboss(standalone, '--output', home, '--force');
    expect(await readFile(join(home, 'data/keys/idp.key'), 'utf8')).toBe(key);
  });

  it('ends with 1 when something that decides logins was refused, and writes the home all the same', async () => {
    const home = path('refused');
    const { code, stdout } = await importJboss(join(corpusFolder, 'spnego/standalone.xml'), '--output', home);
    expect([code, stdout]).toEqual([1, expect.stringContaining('Refusals that decide logins: ')]);
    expect(stdout).toContain('put /etc/krb5.keytab into configuration/host-krb5.keytab');
    const principal = 'HTTP/sso.example.com@EXAMPLE.COM';
    const keytab = writeKeytab([{ principal, kvno: 1, encryptionType: 18, bytes: Buffer.alloc(32, 7) }]);
    await writeFile(join(home, 'configuration', 'host-krb5.keytab'), keytab, { mode: 0o600 });
    expect((await gatehouse('serve', '--check', '--home', home)).code).toBe(0);
  });
});

describe('an import that cannot be', () => {
  it.each([
    ['of nothing', [], 2, 'give one file'],
    ['of two files', ['a', 'b'], 2, 'give one file'],
    ['with a property that has no value', ['a', '-Dname'], 2, '-D takes <name>=<value>'],
    ['with an option that does not exist', ['a', '--forse'], 2, "Unknown option '--forse'"],
    ['of a file that is not there', ['nowhere.xml'], 1, 'there is no such file'],
  ])('%s ends with its code and a reason', async (_, args, code, reason) => {
    expect(await importJboss(...args)).toMatchObject({ code, output: expect.stringContaining(reason) });
  });

  it('of a file with an entity says where', async () => {
    await writeFile(path('entity.xml'), '<server xmlns="urn:jboss:domain:4.1">\n  <profile a="&b;"/>\n</server>');
    const { code, output } = await importJboss(path('entity.xml'), '--output', path('never'));
    expect(code).toBe(1);
    expect(output).toMatch(/predefined.*ERR_XML_FORBIDDEN[\s\S]*line: 2[\s\S]*column: 15/);
    await expect(stat(path('never'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('of a domain.xml without a profile names them', async () => {
    const { code, output } = await importJboss(join(corpusFolder, 'domain/domain.xml'), '--output', path('profiles'));
    expect([code, output]).toEqual([1, expect.stringContaining('default, full-ha: choose one with --profile')]);
  });
});
