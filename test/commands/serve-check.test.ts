/** @module `gatehouse serve --check` on homes that are not what they should be. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatehouse } from '../support/gatehouse-command.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let home: TempFolder;
beforeAll(async () => {
  home = await makeTempFolder('serve-check');
  await mkdir(join(home.path, 'configuration'));
});
afterAll(() => home.remove());

async function check(text: string) {
  await writeFile(join(home.path, 'configuration', 'gatehouse.yaml'), text);
  return gatehouse('serve', '--check', '--home', home.path);
}

describe('gatehouse serve --check', () => {
  it('says that a required option is missing, also where it has forms to choose from', async () => {
    const stack = '[ { code: LdapExtended, flag: required, module-options: { bindDN: cn=a } } ]';
    const { code, output } = await check(`security-domains: { staff: { authentication: ${stack} } }\n`);
    expect(code).toBe(1);
    expect(output).toContain('security-domains.staff.authentication[0].module-options.baseCtxDN  is missing');
  });

  it.each([
    [
      'a module',
      'security-domains:\n  d:\n    authentication:\n      - { code: Ldap, flag: required, module-options: { principalDNSuffix: ",dc=a", tls-ca: absent.pem } }\n',
      4,
    ],
    ['a truststore', 'node: one\ntruststores:\n  people:\n    certificates: [ absent.pem ]\n', 3],
  ])('names the line of %s whose file is not there', async (_, text, line) => {
    const { code, output } = await check(text);
    expect([code, output]).toEqual([1, expect.stringContaining(`configured: gatehouse.yaml:${line}`)]);
  });

  it('makes nothing in the home', async () => {
    expect(await check('node: one\n')).toMatchObject({ code: 0 });
    expect(await readdir(home.path)).toEqual(['configuration']);
  });

  it('says how to make a configuration where there is none', async () => {
    const { code, output } = await gatehouse('serve', '--check', '--home', join(home.path, 'absent'));
    expect([code, output]).toEqual([1, expect.stringContaining('"gatehouse serve" makes one at its first start')]);
  });

  it('does not say so of a home that cannot be looked into', async () => {
    await writeFile(join(home.path, 'a-file'), '');
    const { code, output } = await gatehouse('serve', '--check', '--home', join(home.path, 'a-file'));
    expect([code, output]).toEqual([1, expect.stringContaining('a file cannot be read (ERR_CONFIG_UNREADABLE)')]);
  });
});
