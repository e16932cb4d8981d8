/** @module What every login module does, whatever it checks against. A custom module runs it with a harness of its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isUnavailable } from '../../src/spi/errors.ts';
import type { Evidence, EvidenceKind } from '../../src/spi/evidence.ts';
import type { LoginModule, LoginModuleFactory, ModuleServices } from '../../src/spi/login-module.ts';
import { allEvidenceKinds, evidenceOfEachKind, hostileNames } from '../support/plugin-evidence.ts';
import { loginContext, RecordingSharedState } from '../support/plugin-services.ts';

export interface LoginModuleHarness {
  readonly factory: LoginModuleFactory;
  /** As in the configuration, with `password-stacking: useFirstPass` where the module has it. */
  readonly options: Readonly<Record<string, unknown>>;
  services(): ModuleServices | Promise<ModuleServices>;
  /** Evidence that the module accepts, and what it then contributes. */
  readonly accepted: { readonly evidence: Evidence; readonly name: string; readonly roles: readonly string[] };
  /** For a module that verifies: evidence for a known user that is wrong, and evidence for any other name. */
  readonly refused?: { readonly wrong: Evidence; unknown(name: string): Evidence };
  /** Kinds that it takes, beside that of `accepted`. */
  readonly otherKinds?: readonly EvidenceKind[];
  /** For a module that has no opinion by contract. */
  readonly ignoredKinds?: readonly EvidenceKind[];
  /** What it passes down the stack; name and evidence where nothing is said. */
  readonly publishes?: 'name-only';
}

export function loginModuleConformance(harness: LoginModuleHarness): void {
  const { factory, options, accepted, refused, otherKinds = [], ignoredKinds = [] } = harness;
  const taken: readonly EvidenceKind[] = [accepted.evidence.kind, ...otherKinds, ...ignoredKinds];
  const unsupported = allEvidenceKinds.filter((kind) => !taken.includes(kind));

  describe(`${factory.code} as a LoginModule`, () => {
    let module: LoginModule;
    beforeEach(async () => {
      module = await factory.create(options, await harness.services());
    });
    afterEach(() => module.close?.());

    const attempt = async (evidence: Evidence, changes: Parameters<typeof loginContext>[1] = {}) => {
      const shared = new RecordingSharedState();
      const outcome = await module.login(loginContext(evidence, { shared, ...changes }));
      return { outcome, published: shared.published };
    };

    it('accepts what it should and contributes name and roles', async () => {
      const { outcome } = await attempt(accepted.evidence);
      expect(outcome).toMatchObject({
        status: 'succeeded',
        contribution: { identity: { name: accepted.name }, roles: accepted.roles },
      });
    });

    it('publishes what it has accepted', async () => {
      const { published } = await attempt(accepted.evidence);
      const evidence = harness.publishes === 'name-only' ? {} : { evidence: accepted.evidence };
      expect(published).toEqual([{ name: accepted.name, ...evidence }]);
    });

    it('gives the same outcome in a dry run, and afterwards', async () => {
      const dry = await attempt(accepted.evidence, { dryRun: true });
      expect(await attempt(accepted.evidence)).toEqual(dry);
    });

    for (const kind of unsupported) {
      it(`fails on ${kind} evidence instead of ignoring it`, async () => {
        const { outcome, published } = await attempt(evidenceOfEachKind[kind]);
        expect(outcome).toMatchObject({ status: 'failed', reason: 'unsupported-evidence' });
        expect(published).toEqual([]);
      });
    }

    for (const kind of ignoredKinds) {
      it(`has no opinion about ${kind} evidence`, async () => {
        const { outcome, published } = await attempt(evidenceOfEachKind[kind]);
        expect(outcome.status).toBe('ignored');
        expect(published).toEqual([]);
      });
    }

    it('trusts an identity that an earlier module has proved, and does not publish it again', async () => {
      const shared = new RecordingSharedState({ name: 'stacked', evidence: evidenceOfEachKind.negotiate });
      const outcome = await module.login(loginContext(evidenceOfEachKind.negotiate, { shared }));
      const name = harness.publishes === 'name-only' ? accepted.name : 'stacked';
      expect(outcome).toMatchObject({ status: 'succeeded', contribution: { identity: { name } } });
      expect(shared.published).toEqual([]);
    });

    it('stops with a fault, and publishes nothing, when it is told to stop', async () => {
      const shared = new RecordingSharedState();
      const signal = AbortSignal.abort();
      const fault = await module.login(loginContext(accepted.evidence, { shared, signal })).catch((e: unknown) => e);
      expect(isUnavailable(fault)).toBe(true);
      expect(shared.published).toEqual([]);
    });

    it('refuses an option that it does not have', async () => {
      const raw = { ...options, 'no-such-option': 'x' };
      expect(factory.options.safeParse(raw).success).toBe(false);
      await expect(factory.create(raw, await harness.services())).rejects.toThrow();
    });

    it('describes each of its options', () => {
      const schema = z.toJSONSchema(factory.options, { io: 'input' });
      const undescribed = Object.entries(schema.properties ?? {}).filter(
        ([, option]) => typeof option === 'boolean' || option.description === undefined,
      );
      expect(undescribed.map(([name]) => name)).toEqual([]);
    });

    it('can be closed twice', async () => {
      await module.close?.();
      await expect(Promise.resolve(module.close?.())).resolves.toBeUndefined();
    });

    if (refused !== undefined) {
      refusalConformance(refused, attempt, () => module);
    }
  });
}

type Attempt = (evidence: Evidence) => Promise<{
  readonly outcome: Awaited<ReturnType<LoginModule['login']>>;
  readonly published: readonly unknown[];
}>;

function refusalConformance(
  refused: NonNullable<LoginModuleHarness['refused']>,
  attempt: Attempt,
  module: () => LoginModule,
): void {
  it('fails on a wrong credential and publishes nothing', async () => {
    const { outcome, published } = await attempt(refused.wrong);
    expect(outcome).toMatchObject({ status: 'failed', reason: 'bad-credential' });
    expect(published).toEqual([]);
  });

  it('fails on an unknown user as on a wrong credential', async () => {
    const { outcome, published } = await attempt(refused.unknown('nobody-has-this-name'));
    expect(outcome.status).toBe('failed');
    expect(published).toEqual([]);
  });

  for (const [what, name] of hostileNames) {
    it(`takes ${what} for a user that there is not`, async () => {
      const { outcome, published } = await attempt(refused.unknown(name));
      expect(outcome.status).toBe('failed');
      expect(published).toEqual([]);
    });
  }

  it('does not trust a name that was published without evidence', async () => {
    const shared = new RecordingSharedState({ name: 'stacked' });
    const outcome = await module().login(loginContext(refused.wrong, { shared }));
    expect(outcome.status).toBe('failed');
  });

  it('says nothing of the credential in its outcome', async () => {
    const { wrong } = refused;
    if (wrong.kind !== 'password') throw new Error('the harness gives another kind: compare its secret here');
    const { outcome } = await attempt(wrong);
    expect(JSON.stringify(outcome)).not.toContain(wrong.password.reveal());
  });
}
