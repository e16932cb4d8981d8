/** @module examples/policy-tests: the tests of the example pass, and fail where the configuration does something else. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { mustRun, runProgram } from '../support/child-process.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const program = join(projectRoot, 'bin', 'gatehouse');
let home: TempFolder;
let cases: string;
beforeAll(async () => {
  home = await makeTempFolder('policy-tests');
  await cp(join(projectRoot, 'examples/policy-tests'), join(home.path, 'configuration'), { recursive: true });
  cases = join(home.path, 'configuration', 'policy.test.yaml');
});
afterAll(() => home.remove());

const test = (...args: readonly string[]) =>
  runProgram(process.execPath, [program, 'test', '--home', home.path, ...args], {
    env: { ...process.env, ERICS_PASSWORD: 'change-me' },
  });

/** With one text of a file changed to another for the time of a test. */
async function changed<T>(file: string, from: string, to: string, work: () => Promise<T>): Promise<T> {
  const path = join(home.path, 'configuration', file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
  try {
    return await work();
  } finally {
    await writeFile(path, text);
  }
}

describe('gatehouse test', () => {
  it('passes the tests of the example', async () => {
    const { code, stdout } = await test(cases);
    expect(stdout).toMatch(/^TAP version 14\n(?:ok \d+ - .*\n){8}1\.\.8\n$/);
    expect(code).toBe(0);
  });

  it('fails with the difference and how it came about when the configuration does something else', async () => {
    const { code, stdout } = await changed('roles.properties', 'amar=reader', 'amar=writer', () => test(cases));
    expect(code).toBe(1);
    expect(stdout).toContain('not ok 5 - readers may not write\n  # at policy.test.yaml:30\n');
    expect(stdout).toContain('  # roles: not expected editor\n  # access: expected deny, came permit\n');
    expect(stdout).toContain('  # POST /pages/1 of wiki over HTTPS: permit, role editor\n');
  });

  it('writes a JUnit report that a judge finds well formed', async () => {
    const report = join(home.path, 'report.xml');
    await changed('roles.properties', 'amar=reader', 'amar=writer', () => test(cases, '--junit', report));
    expect(await readFile(report, 'utf8')).toContain('tests="8" failures="1" errors="0"');
    await mustRun('xmllint', ['--noout', report]);
  });

  it('gives the results as JSON', async () => {
    const { stdout } = await test(cases, '--json');
    const [{ file, results }] = JSON.parse(stdout).files;
    expect([file, results.length]).toEqual(['policy.test.yaml', 8]);
    expect(results[0]).toMatchObject({ name: 'eric signs in with his password', outcome: 'passed', differences: [] });
  });

  it('ends with 3 when a case names a domain that there is not', async () => {
    const { code, stdout } = await changed('policy.test.yaml', 'domain: staff', 'domain: stuff', () => test(cases));
    expect(code).toBe(3);
    expect(stdout).toContain('# there is no such security domain in the configuration (ERR_NOT_FOUND)');
  });

  it('ends with 1, and says where, when the test file is wrong', async () => {
    const wrong = () => test(cases);
    const { code, output } = await changed('policy.test.yaml', 'roles-include', 'roles-incldue', wrong);
    expect(code).toBe(1);
    expect(output).toMatch(
      /policy\.test\.yaml:28:\d+ {2}tests\[3\]\.expect\.roles-incldue {2}unknown name; did you mean "roles-include"\?/,
    );
  });

  it('ends with 2 without a file', async () => {
    expect(await test()).toMatchObject({ code: 2, stdout: '' });
  });
});
