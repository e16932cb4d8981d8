/** @module `gatehouse test-login` on a home folder of its own. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/child-process.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const configuration = `public-url: https://sso.example.com
security-domains:
  people:
    lock-out: { attempts: 1 }
    authentication:
      - { code: UsersRoles, flag: required, module-options: { rehash: 'true' } }
  visitors:
    authentication:
      - { code: UsersRoles, flag: required, module-options: { unauthenticatedIdentity: guest } }
  broken:
    authentication:
      - { code: PropertiesUsers, flag: required, module-options: { usersProperties: absent.properties } }
applications:
  wiki:
    security-domain: people
    mechanisms: [FORM]
    upstream: http://127.0.0.1:9001
    constraints:
      - { path: /secure/*, roles: [all], transport: confidential }
`;

let home: TempFolder;
beforeAll(async () => {
  home = await makeTempFolder('test-login');
  const folder = join(home.path, 'configuration');
  await mkdir(folder);
  await writeFile(join(folder, 'gatehouse.yaml'), configuration);
  await writeFile(join(folder, 'users.properties'), 'eric=secret\namar=secret\n');
  await writeFile(join(folder, 'roles.properties'), 'eric=all\n');
});
afterAll(() => home.remove());

const program = join(import.meta.dirname, '..', '..', 'bin', 'gatehouse');
const tryOut = (args: readonly string[], input?: string) =>
  runProgram(
    process.execPath,
    [program, 'test-login', '--home', home.path, ...args],
    input === undefined ? {} : { input },
  );
const typed = (user: string, ...more: readonly string[]) =>
  tryOut(['--domain', 'people', '--user', user, '--password-stdin', ...more], 'secret\n');
const assumed = (user: string, ...more: readonly string[]) =>
  tryOut(['--domain', 'people', '--user', user, '--assume-password', ...more]);

/** Every file and folder of the home with its digest and the time of its last change. */
async function snapshot(): Promise<readonly string[]> {
  const paths = (await readdir(home.path, { recursive: true })).toSorted();
  return Promise.all(
    paths.map(async (path) => {
      const { mtimeNs, mode } = await stat(join(home.path, path), { bigint: true });
      const isFile = (await stat(join(home.path, path))).isFile();
      const digest = isFile
        ? createHash('sha256')
            .update(await readFile(join(home.path, path)))
            .digest('hex')
        : '';
      return `${path} ${mode} ${mtimeNs} ${digest}`;
    }),
  );
}

describe('gatehouse test-login', () => {
  it('says who was refused', async () => {
    const { stdout } = await assumed('mallory');
    expect(stdout).toContain('Somebody who gave the name mallory was refused by the security domain people');
  });

  it('prints a login result with --json', async () => {
    const { code, stdout } = await typed('eric', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'authenticated',
      principal: 'eric',
      roles: ['all'],
      trace: { dryRun: true, domain: 'people', modules: [{ code: 'UsersRoles', outcome: 'succeeded' }] },
    });
  });

  it('ends with 1 on a wrong password', async () => {
    const wrong = await tryOut(['--domain', 'people', '--user', 'eric', '--password-stdin', '--json'], 'wrong\n');
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ status: 'denied', reason: 'rejected', roles: [] });
  });

  it('shows the roles of somebody whose password is not known', async () => {
    const { code, stdout } = await assumed('eric', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ principal: 'eric', roles: ['all'], trace: { evidence: 'assumed' } });
  });

  it('does not take an assumed password for a user that there is not', async () => {
    expect(JSON.parse((await assumed('nobody', '--json')).stdout)).toMatchObject({
      status: 'denied',
      trace: { modules: [{ reason: 'unknown-user' }] },
    });
  });

  it('tells what the application would answer', async () => {
    const permitted = await assumed('eric', '--app', 'wiki', '--path', '/secure/x', '--json');
    expect(permitted.code).toBe(0);
    expect(JSON.parse(permitted.stdout)).toMatchObject({ authorization: { decision: 'permit', path: '/secure/x' } });
  });

  it.each([
    ['a role that is missing', 'amar', [], 'role-missing'],
    ['a connection that is not confidential', 'eric', ['--http'], 'transport'],
  ])('ends with 1 where the application refuses for %s', async (_, user, more, reason) => {
    const refused = await assumed(user, '--app', 'wiki', '--path', '/secure/x', '--json', ...more);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ status: 'authenticated', authorization: { reason } });
  });

  it('explains in words otherwise', async () => {
    const { stdout } = await assumed('amar', '--app', 'wiki', '--path', '/secure/x');
    expect(stdout).toContain('gatehouse.yaml:6');
    expect(stdout).toMatch(/GET \/secure\/x of wiki over HTTPS/);
  });

  it('tries out the caller who shows nothing', async () => {
    const { stdout } = await tryOut(['--domain', 'visitors', '--anonymous', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'authenticated', principal: 'guest' });
  });

  it('ends with 3 when a store cannot be asked', async () => {
    const { code, stdout } = await tryOut(['--domain', 'broken', '--user', 'x', '--assume-password', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'denied', reason: 'unavailable' });
  });

  it('decides as at the instant that is given', async () => {
    const { stdout } = await assumed('eric', '--at', '2031-02-03T04:05:06Z', '--json');
    expect(JSON.parse(stdout).trace.at).toBe(Date.UTC(2031, 1, 3, 4, 5, 6));
  });

  it('makes, changes and removes no file of the home, also for passwords kept in an old way', async () => {
    const before = await snapshot();
    await typed('eric');
    await tryOut(['--domain', 'people', '--user', 'eric', '--password-stdin'], 'wrong\n');
    await assumed('eric', '--app', 'wiki');
    expect(await snapshot()).toEqual(before);
  });

  it.each([
    [[]],
    [['--domain', 'people']],
    [['--domain', 'people', '--user', 'eric']],
    [['--domain', 'people', '--assume-password']],
    [['--domain', 'people', '--user', 'eric', '--assume-password', '--password-stdin']],
    [['--domain', 'people', '--user', 'eric', '--anonymous']],
    [['--domain', 'people', '--anonymous', '--path', '/x']],
    [['--app', 'wiki', '--anonymous', '--path', 'x']],
    [['--domain', 'people', '--anonymous', '--from', 'here']],
    [['--domain', 'people', '--anonymous', '--at', 'noon']],
    [['--domain', 'people', '--anonymous', 'eric']],
  ])('ends with 2 on %j', async (args) => {
    expect(await tryOut(args)).toMatchObject({ code: 2, stdout: '' });
  });

  it('suggests the name of a domain that is mistyped', async () => {
    const { code, output } = await tryOut(['--domain', 'peopel', '--anonymous']);
    expect([code, output]).toEqual([2, expect.stringContaining('did you mean "people"?')]);
  });

  it('does not make a home that there is not', async () => {
    const { code, output } = await runProgram(process.execPath, [
      ...[program, 'test-login', '--home', join(home.path, 'none'), '--domain', 'x', '--anonymous'],
    ]);
    expect(code).toBe(1);
    expect(output).toContain('there is no home folder here');
    expect(await readdir(home.path)).toEqual(['configuration']);
  });
});
