/** @module `gatehouse users report` on a home folder of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildHa1 } from '../../src/wire/http-digest.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-users-'));
  mkdirSync(join(home, 'configuration'));
  const file = (name: string, text: string) => writeFileSync(join(home, 'configuration', name), text);
  file('realm.properties', `eric=${buildHa1('eric', 'R', 'x')}\namar={SSHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv\n`);
  file('users.properties', 'alice=secret\nbob=secret\n#carol=secret\n');
  file('roles.properties', '');
  file(
    'gatehouse.yaml',
    `security-realms:
  R: { authentication: [ { properties: { path: realm.properties } } ] }
security-domains:
  one:
    authentication:
      - { code: UsersRoles, flag: required }
      - { code: RealmDirect, flag: required, module-options: { realm: R } }
  two:
    authentication:
      - { code: UsersRoles, flag: required }
      - { code: PropertiesUsers, flag: required, module-options: { usersProperties: absent.properties } }
`,
  );
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['bin/gatehouse', 'users', ...args], { encoding: 'utf8' });

describe('gatehouse users report', () => {
  it('counts the users of each store once, and says which store could not be asked', () => {
    const { stdout, status } = run('report', '--home', home, '--json');
    expect(JSON.parse(stdout)).toEqual({
      stores: [
        { store: 'file realm.properties', schemes: { 'digest-ha1': 1, 'salted-sha1': 1 } },
        { store: 'file users.properties', schemes: { plain: 2 } },
      ],
      failures: [{ place: 'two: PropertiesUsers', code: 'ERR_STORE_UNAVAILABLE', message: 'the file cannot be read' }],
    });
    expect(status).toBe(3);
  });

  it('prints a table without any password or hash', () => {
    writeFileSync(join(home, 'configuration/absent.properties'), '');
    const text = execFileSync(process.execPath, ['bin/gatehouse', 'users', 'report', '--home', home], {
      encoding: 'utf8',
    });
    expect(text).toMatch(/^file users\.properties\n {2}plain +2\n/m);
    expect(text).toMatch(/^file absent\.properties\n {2}no users\n/m);
    expect(text).not.toMatch(/secret|Y6MG/);
  });

  it.each([[], ['count'], ['report', 'more']])('tells how it is used when it is not (%j)', (...args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('Usage: gatehouse users report');
  });

  it('refuses a configuration that is not usable', () => {
    writeFileSync(join(home, 'configuration/gatehouse.yaml'), 'nonsense: true\n');
    expect(run('report', '--home', home).status).toBe(1);
  });
});
