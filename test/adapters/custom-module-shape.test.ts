import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readFactory } from '../../src/adapters/custom-module-shape.ts';
import { defineLoginModule, type LoginModule } from '../../src/spi/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';
import { rejectionOf } from '../support/thrown-code.ts';

function defined(module: unknown) {
  return defineLoginModule({
    code: 'Mine',
    summary: 'One of my own.',
    options: z.strictObject({}),
    create: () => module as LoginModule,
  });
}

function factoryOf(module: unknown) {
  const reading = readFactory({ default: defined(module) });
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.factory;
}

async function answer(outcome: unknown) {
  const module = await factoryOf({ login: async () => outcome }).create({}, pluginServices());
  return module.login(loginContext(password('eric', 'x')));
}

describe('the factory of a custom module', () => {
  it.each(['default', 'loginModule'])('is what the file exports as %s', (name) => {
    expect(readFactory({ [name]: defined({}) })).toMatchObject({ factory: { code: 'Mine' } });
  });

  it.each([
    [{}, /exports no login module/],
    [{ default: 5 }, /did not make: it/],
    [{ default: { ...defined({}), code: 'a b' } }, /code: must begin with a letter/],
    [{ default: { ...defined({}), options: {} } }, /options: must be a schema/],
    [{ default: { ...defined({}), create: undefined } }, /create: must be a function/],
  ])('is not in %j', (exported, problem) => {
    expect(readFactory(exported)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each([[undefined], [{}], [{ login: 5 }]])('may not make %j', async (made) => {
    expect(await rejectionOf(factoryOf(made).create({}, pluginServices()))).toBe('ERR_CONFIG_INVALID');
  });
});

describe('the answer of a custom module', () => {
  it.each([
    [{ status: 'succeeded', contribution: { identity: { name: 'eric', type: 'user' }, roles: ['a'] } }],
    [{ status: 'ignored', note: 'not mine' }],
    [{ status: 'failed', reason: 'bad-credential' }],
    [{ status: 'challenge', challenge: { kind: 'token', token: new Uint8Array(1) } }],
    [{ status: 'challenge', challenge: { kind: 'one-time-code' } }],
  ])('goes on as it is: %j', async (outcome) => {
    expect(await answer(outcome)).toBe(outcome);
  });

  it.each([
    [undefined],
    [true],
    [{ status: 'ok' }],
    [{ status: 'succeeded' }],
    [{ status: 'succeeded', contribution: { roles: 'admin' } }],
    [{ status: 'succeeded', contribution: { identity: { name: '', type: 'user' } } }],
    [{ status: 'failed', reason: 'because' }],
    [{ status: 'challenge', challenge: { kind: 'token' } }],
    [{ status: 'challenge', challenge: { kind: 'riddle' } }],
  ])('is a bug when it is %j', async (outcome) => {
    await expect(answer(outcome)).rejects.toThrow(TypeError);
  });
});

it('keeps what a module does beside answering, as its own method', async () => {
  const done: string[] = [];
  const made = {
    name: 'mine',
    login: async () => ({ status: 'ignored', note: '' }),
    async abort() {
      done.push(`abort ${this.name}`);
    },
    async close() {
      done.push(`close ${this.name}`);
    },
    async logout() {
      done.push(`logout ${this.name}`);
    },
  };
  const module = await factoryOf(made).create({}, pluginServices());
  await module.abort?.(loginContext(password('eric', 'x')));
  await module.close?.();
  const { signal } = loginContext(password('eric', 'x'));
  await module.logout?.({ domain: 'd', principal: 'eric', contributions: [], signal });
  expect(done).toEqual(['abort mine', 'close mine', 'logout mine']);
});

it.each([
  [undefined, false],
  [false, false],
  [true, true],
  ['yes', true],
])('takes neverCached: %j for %j, rather too often than too seldom', async (written, meant) => {
  const module = await factoryOf({ login: async () => undefined, neverCached: written }).create({}, pluginServices());
  expect(module.neverCached).toBe(meant);
});
