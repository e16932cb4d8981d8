/** @module `gatehouse totp` on a home folder that was never served from. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/servers/server-process.ts';

const home = temporaryFolder('totp');
beforeAll(() => cpSync('examples/one-time-codes', join(home.path, 'configuration'), { recursive: true }));
afterAll(() => home.remove());

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['bin/gatehouse', 'totp', ...args, '--home', home.path], { encoding: 'utf8' });

describe('gatehouse totp', () => {
  it('gives an authenticator once, lists it, and takes it away', () => {
    const given = run('enrol', '--domain', 'staff', '--user', 'alice', '--json');
    expect(given.status).toBe(0);
    const printed: { uri: string; secret: string; recoveryCodes: string[] } = JSON.parse(given.stdout);
    expect(new URL(printed.uri).searchParams.get('secret')).toBe(printed.secret);
    expect(printed.recoveryCodes).toHaveLength(10);
    const again = run('enrol', '--domain', 'staff', '--user', 'Alice');
    expect([again.status, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain('has an authenticator already');
    expect(run('list', '--domain', 'staff').stdout).toBe('alice\n');
    expect(run('reset', '--domain', 'staff', '--user', 'alice').stdout).toBe('alice has no authenticator any more.\n');
    expect(run('reset', '--domain', 'staff', '--user', 'alice').status).toBe(1);
    expect(JSON.parse(run('list', '--domain', 'staff', '--json').stdout)).toEqual({ users: [] });
    const log = readFileSync(join(home.path, 'log/administration.jsonl'), 'utf8').trimEnd().split('\n');
    expect(log.map((line) => JSON.parse(line).type)).toEqual(['one-time-codes-enrolled', 'one-time-codes-removed']);
  });

  it.each([
    [[], 2, 'say what'],
    [['list'], 2, '--domain is needed'],
    [['list', '--domain', 'staff', '--user', 'x'], 2, 'takes no --user'],
    [['enrol', '--domain', 'staff'], 2, '--user is needed'],
    [['enrol', '--domain', 'staff', '--user', 'a\nb'], 2, '--user is needed'],
    [['list', '--domain', 'nowhere'], 1, 'known: staff, machines'],
  ])('says what is wrong with %j', (args, status, text) => {
    const result = run(...args);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(text);
  });
});
