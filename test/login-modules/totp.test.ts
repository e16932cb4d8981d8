/** @module Login module Totp: codes, recovery codes, who is refused and why, and what attackers try. */
import { describe, expect, it } from 'vitest';
import { totp } from '../../login-modules/totp.ts';
import type { Evidence, PasswordEvidence } from '../../src/spi/evidence.ts';
import type { LoginContext, LoginModule } from '../../src/spi/login-module.ts';
import { Secret } from '../../src/spi/secret.ts';
import { buildCode, stepAt } from '../../src/wire/one-time-code/totp.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { decodeBase32 } from '../support/base32.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';

const stacking = { 'password-stacking': 'useFirstPass' };
const path = 'one-time-codes.properties';
const signal = new AbortController().signal;
const administrator = { reason: 'administrator' } as const;
const byForm = { sourceAddress: '127.0.0.1', mechanism: 'FORM', answers: ['one-time-code'] } as const;
const byBasic = { sourceAddress: '127.0.0.1', mechanism: 'BASIC' } as const;

loginModuleConformance({
  factory: totp,
  options: { ...stacking, enrolment: 'optional' },
  services: () => pluginServices({ files: { [path]: '' } }),
  always: 'failed',
  publishes: 'nothing',
});

async function open(options: Readonly<Record<string, unknown>> = {}) {
  const services = pluginServices({ files: { [path]: '' } });
  const module = await totp.create({ ...stacking, ...options }, services);
  return { services, clock: services.clock, module };
}

/** A module that alice is enrolled in. */
async function enrolled(options: Readonly<Record<string, unknown>> = {}) {
  const opened = await open(options);
  const change = await opened.module.oneTimeCodes?.enrol('alice', administrator, signal);
  if (change?.status !== 'done') throw new Error('alice cannot be enrolled');
  const { proposal, recoveryCodes } = change.value;
  const uri = new URL(proposal.uri.reveal());
  const digits = uri.searchParams.get('digits') === '8' ? 8 : 6;
  const algorithm = uri.searchParams.get('algorithm') === 'SHA512' ? 'SHA-512' : 'SHA-1';
  const secret = decodeBase32(uri.searchParams.get('secret') ?? '');
  const code = (away = 0) => buildCode(secret, stepAt(opened.clock.now()) + away, { algorithm, digits });
  return { ...opened, code, recovery: recoveryCodes.map((one) => one.reveal()) };
}

const withCode = (code: string, name = 'alice'): PasswordEvidence => ({
  ...password(name, 'secret'),
  oneTimeCode: new Secret(code),
});

function attempt(module: LoginModule, evidence: Evidence, changes: Partial<LoginContext> = {}) {
  const name = evidence.kind === 'password' ? evidence.username : 'alice';
  const shared = new RecordingSharedState({ name, evidence });
  return module.login(loginContext(evidence, { shared, request: byForm, ...changes }));
}

const refusedAs = (reason: string, note: string) => ({ status: 'failed', reason, note });
const accepted = (note: string) => ({
  status: 'succeeded',
  contribution: { identity: { name: 'alice', type: 'user' }, loginName: 'alice', factors: ['one-time-code'] },
  note,
});

describe('Totp asks', () => {
  it('for a code where it can be asked for', async () => {
    const { module } = await enrolled();
    expect(await attempt(module, password('alice', 'secret'))).toEqual({
      status: 'challenge',
      challenge: { kind: 'one-time-code' },
    });
  });

  it('nobody whom no earlier module has proved', async () => {
    const { module } = await enrolled();
    const evidence = password('alice', 'secret');
    const unproved = refusedAs('not-permitted', 'no earlier module with password-stacking has proved a name');
    for (const shared of [new RecordingSharedState(), new RecordingSharedState({ name: 'alice' })]) {
      expect(await module.login(loginContext(evidence, { shared, request: byForm }))).toEqual(unproved);
    }
  });

  it('for the code of the name that was proved, whatever the evidence claims', async () => {
    const { module, code } = await enrolled();
    const evidence = withCode(code(), 'mallory');
    const shared = new RecordingSharedState({ name: 'alice', evidence });
    expect(await module.login(loginContext(evidence, { shared, request: byForm }))).toMatchObject({
      status: 'succeeded',
      contribution: { loginName: 'alice' },
    });
  });

  it.each(['digest', 'certificate', 'negotiate', 'assertion', 'connection'] as const)(
    'nothing with %s evidence, which it refuses for who has an authenticator',
    async (kind) => {
      const { module } = await enrolled({ enrolment: 'optional' });
      expect(
        await attempt(module, evidenceOfEachKind[kind], {
          shared: new RecordingSharedState({ name: 'alice', evidence: evidenceOfEachKind[kind] }),
        }),
      ).toEqual(refusedAs('unsupported-evidence', `${kind} has no code`));
    },
  );
});

describe('asked when-needed', () => {
  const options = { asked: 'when-needed' };

  it('lets in without a code where no application wants one, and that proves nothing more', async () => {
    const { module } = await enrolled(options);
    expect(await attempt(module, password('alice', 'secret'))).toEqual({
      status: 'succeeded',
      contribution: { identity: { name: 'alice', type: 'user' }, loginName: 'alice' },
      note: 'no second factor: not asked for',
    });
  });

  it('asks where an application wants one', async () => {
    const { module } = await enrolled(options);
    const request = { ...byForm, factors: ['one-time-code'] } as const;
    expect(await attempt(module, password('alice', 'secret'), { request })).toMatchObject({ status: 'challenge' });
  });

  it('checks a code that nobody has asked for', async () => {
    const { module, code } = await enrolled(options);
    expect(await attempt(module, withCode('000000'))).toMatchObject({ status: 'failed' });
    expect(await attempt(module, withCode(code()))).toEqual(accepted('one-time code'));
  });
});

describe('who is not enrolled', () => {
  it('is refused where enrolment is required', async () => {
    const { module } = await open();
    expect(await attempt(module, password('bob', 'secret'))).toEqual(
      refusedAs('not-permitted', 'not enrolled, and enrolment is required'),
    );
  });

  it('is let in where it is optional, and the trace says by what', async () => {
    const { module } = await open({ enrolment: 'optional' });
    expect(await attempt(module, password('bob', 'secret'))).toMatchObject({
      status: 'succeeded',
      note: 'no second factor: not enrolled',
    });
  });

  it('is nobody who spells his name in another way', async () => {
    const { module } = await enrolled({ enrolment: 'optional' });
    expect(await attempt(module, password('ALICÉ', 'secret'))).toMatchObject({ status: 'challenge' });
  });

  it('is not told apart while the store is gone', async () => {
    const module = await totp.create({ ...stacking, enrolment: 'optional' }, pluginServices());
    await expect(attempt(module, password('bob', 'secret'))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});

describe('a code', () => {
  it.each([-1, 0, 1])('is accepted %i steps away from now', async (away) => {
    const { module, code } = await enrolled();
    expect(await attempt(module, withCode(code(away)))).toEqual(accepted('one-time code'));
  });

  it.each([-2, 2])('is refused %i steps away from now', async (away) => {
    const { module, code } = await enrolled();
    expect(await attempt(module, withCode(code(away)))).toEqual(refusedAs('bad-credential', 'one-time code: wrong'));
  });

  it('may have blanks, and eight digits of another hash', async () => {
    const { module, code } = await enrolled({ digits: 8, algorithm: 'SHA-512' });
    const text = code();
    expect(await attempt(module, withCode(` ${text.slice(0, 4)} ${text.slice(4)} `))).toEqual(
      accepted('one-time code'),
    );
  });

  it('is accepted once, of however many at once', async () => {
    const { module, code } = await enrolled();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => attempt(module, withCode(code()))));
    expect(outcomes.filter(({ status }) => status === 'succeeded')).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'failed')).toHaveLength(5);
    expect(await attempt(module, withCode(code()))).toEqual(refusedAs('bad-credential', 'one-time code: used'));
  });

  it('of an earlier step is spent by a later one', async () => {
    const { module, code } = await enrolled();
    expect(await attempt(module, withCode(code(1)))).toMatchObject({ status: 'succeeded' });
    for (const away of [-1, 0, 1]) {
      expect(await attempt(module, withCode(code(away)))).toEqual(refusedAs('bad-credential', 'one-time code: used'));
    }
  });

  it('is spent under every spelling of the name', async () => {
    const { module, code } = await enrolled();
    await attempt(module, withCode(code()));
    expect(await attempt(module, withCode(code(), 'Alice'))).toMatchObject({ status: 'failed' });
  });

  it('is neither counted nor spent in a dry run', async () => {
    const { module, code } = await enrolled();
    for (let time = 0; time < 12; time += 1) await attempt(module, withCode('000000'), { dryRun: true });
    expect(await attempt(module, withCode(code()), { dryRun: true })).toEqual(accepted('one-time code'));
    expect(await attempt(module, withCode(code()))).toEqual(accepted('one-time code'));
  });

  it('is one guess of few, wherever the guesses come from, and however many at once', async () => {
    const { module, code, clock } = await enrolled();
    const from = (n: number) => ({ request: { ...byForm, sourceAddress: `192.0.2.${n}` } });
    const guesses = await Promise.all(
      Array.from({ length: 30 }, (_, n) => attempt(module, withCode('000000'), from(n))),
    );
    const notes = guesses.map((outcome) => (outcome.status === 'failed' ? outcome.note : outcome.status));
    expect(notes.filter((note) => note === 'one-time code: wrong')).toHaveLength(10);
    expect(await attempt(module, withCode(code()), from(40))).toEqual(
      refusedAs('bad-credential', 'one-time code: too-many-attempts'),
    );
    clock.advance(15 * 60_000);
    expect(await attempt(module, withCode(code()), from(40))).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['nothing', ''],
    ['letters', 'abc'],
    ['too few digits', '12345'],
    ['too many digits', '1234567'],
    ['what is too long', '1'.repeat(65)],
    ['what is huge', '1'.repeat(1_000_000)],
    ['digits of another script', '１２３４５６'],
    ['a number that is no code', '-1e999'],
  ])('is none: %s', async (_, typed) => {
    const { module } = await enrolled();
    expect(await attempt(module, withCode(typed))).toEqual(refusedAs('bad-credential', 'one-time code: malformed'));
  });
});

describe('a recovery code', () => {
  it('is accepted once, recorded, and leaves the others', async () => {
    const { module, recovery, services } = await enrolled();
    expect(await attempt(module, withCode(recovery[3]!))).toEqual(accepted('recovery code, 9 left'));
    expect(await attempt(module, withCode(recovery[3]!))).toEqual(refusedAs('bad-credential', 'one-time code: wrong'));
    expect(await attempt(module, withCode(recovery[4]!.replaceAll('-', '')))).toEqual(
      accepted('recovery code, 8 left'),
    );
    expect(services.events.map(({ type, principal }) => [type, principal])).toEqual([
      ['one-time-codes-enrolled', 'alice'],
      ['recovery-code-used', 'alice'],
      ['recovery-code-used', 'alice'],
    ]);
  });

  it('is accepted by one of several requests at once', async () => {
    const { module, recovery } = await enrolled();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => attempt(module, withCode(recovery[0]!))));
    expect(outcomes.filter(({ status }) => status === 'succeeded')).toHaveLength(1);
  });

  it('stays in a dry run', async () => {
    const { module, recovery, services } = await enrolled();
    const before = services.files.get(path);
    expect(await attempt(module, withCode(recovery[0]!), { dryRun: true })).toEqual(accepted('recovery code, 9 left'));
    expect(services.files.get(path)).toBe(before);
  });

  it('stands nowhere in the store', async () => {
    const { recovery, services } = await enrolled();
    const text = services.files.get(path) ?? '';
    expect(text).toMatch(/^alice=1\./m);
    expect(recovery.filter((code) => text.includes(code) || text.includes(code.replaceAll('-', '')))).toEqual([]);
  });
});

describe('a mechanism that cannot ask for a code', () => {
  const read = async (module: LoginModule, text: string, name = 'alice') => {
    const evidence = (await module.readEvidence?.(password(name, text), byBasic, signal)) ?? password(name, text);
    if (evidence.kind !== 'password') throw new Error('a password became something else');
    return { password: evidence.password.reveal(), code: evidence.oneTimeCode?.reveal(), evidence };
  };

  it('is refused, and the trace says why', async () => {
    const { module } = await enrolled();
    expect(await attempt(module, password('alice', 'secret'), { request: byBasic })).toEqual(
      refusedAs('unsupported-evidence', 'BASIC cannot be asked for a code, and code-in-password is not set'),
    );
  });

  it('has its password left as it is without code-in-password', async () => {
    const { module, code } = await enrolled();
    expect(await read(module, `secret${code()}`)).toMatchObject({ password: `secret${code()}`, code: undefined });
  });

  it('has the code taken from the end of the password with it', async () => {
    const { module, code } = await enrolled({ 'code-in-password': true });
    const { evidence, ...parts } = await read(module, `secret1${code()}`);
    expect(parts).toEqual({ password: 'secret1', code: code() });
    expect(await attempt(module, evidence, { request: byBasic })).toEqual(accepted('one-time code'));
  });

  it.each([
    ['a password without code', 'alice', 'secret'],
    ['a password of who is not enrolled', 'bob', 'secret123456'],
    ['what is shorter than a code', 'alice', '1234'],
  ])('keeps %s', async (_, name, text) => {
    const { module } = await enrolled({ 'code-in-password': true });
    expect(await read(module, text, name)).toMatchObject({ password: text, code: undefined });
  });

  it('is told that the password must end in the code', async () => {
    const { module } = await enrolled({ 'code-in-password': true });
    expect(await attempt(module, password('alice', 'secret'), { request: byBasic })).toEqual(
      refusedAs('unsupported-evidence', 'BASIC cannot be asked for a code, and the password must end in it'),
    );
  });

  it('is no other than FORM, whose password is never cut', async () => {
    const { module, code } = await enrolled({ 'code-in-password': true });
    const evidence = password('alice', `secret${code()}`);
    expect(await module.readEvidence?.(evidence, byForm, signal)).toBe(evidence);
  });
});

it('a record that was copied to another person opens for nobody', async () => {
  const { module, services } = await enrolled();
  services.files.set(path, (services.files.get(path) ?? '').replace('alice=', 'bob='));
  await expect(attempt(module, password('bob', 'secret'))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
});

it.each([{}, { 'password-stacking': 'no' }])('does not start with the options %j', async (options) => {
  expect(totp.options.safeParse(options).success).toBe(false);
});
