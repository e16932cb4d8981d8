/** @module The order of a module that checks names and passwords: shared identity, anonymous caller, own check, publish. */
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import { maxPasswordLength } from '../../src/spi/evidence-limits.ts';
import { type UsernamePasswordDefinition, usernamePasswordModule } from '../../src/spi/username-password-module.ts';
import { evidenceOfEachKind, hostileNames, password } from '../support/plugin-evidence.ts';
import { loginContext, RecordingSharedState } from '../support/plugin-services.ts';

/** A module that knows eric, and remembers what it was asked. */
function moduleOf(changes: Partial<UsernamePasswordDefinition> = {}) {
  const checked: string[] = [];
  const module = usernamePasswordModule({
    options: {},
    async check(name, typed) {
      checked.push(name);
      return name === 'eric' && typed.reveal() === 'secret'
        ? { status: 'verified' }
        : { status: 'failed', reason: 'bad-credential' };
    },
    contribute: async (name) => ({ roles: [`role-of-${name}`] }),
    ...changes,
  });
  return { module, checked };
}

const eric = password('eric', 'secret');
const granted = (name: string) => ({
  status: 'succeeded',
  contribution: { identity: { name, type: 'user' }, roles: [`role-of-${name}`] },
});

describe('a name and password module', () => {
  it('contributes identity and roles of whom it has verified, and publishes name and evidence', async () => {
    const shared = new RecordingSharedState();
    expect(await moduleOf().module.login(loginContext(eric, { shared }))).toEqual(granted('eric'));
    expect(shared.published).toEqual([{ name: 'eric', evidence: eric }]);
  });

  it('takes the contribution that the check has learned on the way', async () => {
    const { module } = moduleOf({
      check: async () => ({ status: 'verified', contribution: { roles: ['learned'] } }),
    });
    expect(await module.login(loginContext(eric))).toMatchObject({ contribution: { roles: ['learned'] } });
  });

  it('hands on why the check said no, and publishes nothing', async () => {
    const shared = new RecordingSharedState();
    const outcome = await moduleOf().module.login(loginContext(password('eric', 'wrong'), { shared }));
    expect([outcome, shared.published]).toEqual([{ status: 'failed', reason: 'bad-credential' }, []]);
  });

  it('trusts an identity with evidence, checks nothing and asks for its roles', async () => {
    const { module, checked } = moduleOf();
    const shared = new RecordingSharedState({ name: 'mary', evidence: evidenceOfEachKind.certificate });
    expect(await module.login(loginContext(eric, { shared }))).toEqual(granted('mary'));
    expect([checked, shared.published]).toEqual([[], []]);
  });

  it('checks the name that the client claims when an earlier module has published a bare name', async () => {
    const { module, checked } = moduleOf();
    const shared = new RecordingSharedState({ name: 'mary' });
    expect(await module.login(loginContext(eric, { shared }))).toEqual(granted('eric'));
    expect(checked).toEqual(['eric']);
  });

  it('refuses a caller who shows nothing', async () => {
    const outcome = await moduleOf().module.login(loginContext(evidenceOfEachKind.anonymous));
    expect(outcome).toMatchObject({ status: 'failed', reason: 'unsupported-evidence' });
  });

  it('gives such a caller the configured name, and publishes nothing', async () => {
    const shared = new RecordingSharedState();
    const { module } = moduleOf({ options: { unauthenticatedIdentity: 'guest' } });
    expect(await module.login(loginContext(evidenceOfEachKind.anonymous, { shared }))).toEqual(granted('guest'));
    expect(shared.published).toEqual([]);
  });

  it('fails on a digest where it cannot check one', async () => {
    const outcome = await moduleOf().module.login(loginContext(evidenceOfEachKind.digest));
    expect(outcome).toMatchObject({ status: 'failed', reason: 'unsupported-evidence', note: 'digest' });
  });

  it('checks a digest where it can', async () => {
    const { module } = moduleOf({ checkDigest: async () => ({ status: 'verified' }) });
    expect(await module.login(loginContext(evidenceOfEachKind.digest))).toEqual(granted('nobody-has-this-name'));
  });

  it('asks the store for no name that is none', async () => {
    const { module, checked } = moduleOf();
    const outcomes = await Promise.all(
      ['', 'a\u0000b', '\ud800'].map((name) => module.login(loginContext(password(name, 'x')))),
    );
    expect(outcomes).toEqual(Array(3).fill({ status: 'failed', reason: 'malformed-name' }));
    expect(checked).toEqual([]);
  });

  it.each(hostileNames)('says no to %s', async (_, name) => {
    expect(await moduleOf().module.login(loginContext(password(name, 'secret')))).toMatchObject({ status: 'failed' });
  });

  it('takes a password of the longest length and none above it', async () => {
    const { module, checked } = moduleOf();
    await module.login(loginContext(password('eric', 'x'.repeat(maxPasswordLength))));
    expect(checked).toEqual(['eric']);
    const outcome = await module.login(loginContext(password('eric', 'x'.repeat(maxPasswordLength + 1))));
    expect([outcome.status, checked]).toEqual(['failed', ['eric']]);
  });

  it('publishes nothing when it was stopped while it checked', async () => {
    const shared = new RecordingSharedState();
    const stop = new AbortController();
    const { module } = moduleOf({
      async check() {
        stop.abort();
        return { status: 'verified' };
      },
    });
    const login = module.login(loginContext(eric, { shared, signal: stop.signal }));
    await expect(login).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
    expect(shared.published).toEqual([]);
  });

  it('hands on a fault of the store', async () => {
    const away = new GatehouseError('ERR_STORE_UNAVAILABLE', 'away');
    const { module } = moduleOf({ check: () => Promise.reject(away) });
    await expect(module.login(loginContext(eric))).rejects.toBe(away);
  });

  it('closes what the definition closes, and has nothing to close otherwise', async () => {
    let closes = 0;
    const close = async () => {
      closes += 1;
    };
    await moduleOf({ close }).module.close?.();
    expect(closes).toBe(1);
    expect(moduleOf().module.close).toBeUndefined();
  });
});
