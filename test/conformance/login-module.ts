/** @module What every login module does, whatever it checks against. A custom module runs it with a harness of its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isUnavailable } from '../../src/spi/errors.ts';
import type { Evidence, EvidenceKind, ModuleEvidence } from '../../src/spi/evidence.ts';
import type { LoginModule, LoginModuleFactory, ModuleServices } from '../../src/spi/login-module.ts';
import { allEvidenceKinds, evidenceOfEachKind, hostileNames } from '../support/plugin-evidence.ts';
import { loginContext, RecordingSharedState } from '../support/plugin-services.ts';

export interface LoginModuleHarness {
  readonly factory: LoginModuleFactory;
  /** As in the configuration, with `password-stacking: useFirstPass` where the module has it. */
  readonly options: Readonly<Record<string, unknown>>;
  services(): ModuleServices | Promise<ModuleServices>;
  /** Evidence that the module accepts, and what it then contributes; `name` is absent for a module that names nobody. */
  readonly accepted?: { readonly evidence: ModuleEvidence; readonly name?: string; readonly roles: readonly string[] };
  /** For a module that accepts nobody by itself: what it answers to evidence of every kind. */
  readonly always?: 'ignored' | 'failed';
  /** For a module without `password-stacking`, which takes a proven identity for nothing. */
  readonly stacking?: false;
  /** For a module whose options have names of the operator's choice. */
  readonly anyOption?: true;
  /** For a module that verifies: evidence for a known user that is wrong, and evidence for any other name. */
  readonly refused?: { readonly wrong: Evidence; unknown(name: string): Evidence };
  /** Kinds that it takes, beside that of `accepted`. */
  readonly otherKinds?: readonly EvidenceKind[];
  /** For a module that has no opinion by contract. */
  readonly ignoredKinds?: readonly EvidenceKind[];
  /** What it passes down the stack; name and evidence where nothing is said. */
  readonly publishes?: 'name-only' | 'nothing';
  /** The kind of stacked evidence that it trusts, for a module that does not trust every kind. */
  readonly trusts?: EvidenceKind;
}

export function loginModuleConformance(harness: LoginModuleHarness): void {
  const { factory, options, accepted, refused, otherKinds = [], ignoredKinds = [], always } = harness;
  const acceptedKinds = accepted === undefined ? [] : [accepted.evidence.kind];
  const taken: readonly EvidenceKind[] =
    always === undefined ? [...acceptedKinds, ...otherKinds, ...ignoredKinds] : allEvidenceKinds;
  const unsupported = allEvidenceKinds.filter((kind) => !taken.includes(kind));

  describe(`${factory.code} as a LoginModule`, () => {
    let module: LoginModule;
    beforeEach(async () => {
      module = await factory.create(options, await harness.services());
    });
    afterEach(() => module.close?.());

    const attempt = async (evidence: ModuleEvidence, changes: Parameters<typeof loginContext>[1] = {}) => {
      const shared = new RecordingSharedState();
      const outcome = await module.login(loginContext(evidence, { shared, ...changes }));
      return { outcome, published: shared.published };
    };

    if (accepted !== undefined) acceptanceConformance({ ...harness, accepted }, attempt);

    for (const kind of always === undefined ? [] : allEvidenceKinds) {
      it(`has always the same answer, also to ${kind} evidence: ${always}`, async () => {
        const { outcome, published } = await attempt(evidenceOfEachKind[kind]);
        expect(outcome.status).toBe(always);
        expect(published).toEqual([]);
      });
    }

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

    if (harness.stacking !== false) {
      it('trusts an identity that an earlier module has proved, and does not publish it again', async () => {
        const evidence = evidenceOfEachKind[harness.trusts ?? 'negotiate'];
        const shared = new RecordingSharedState({ name: 'stacked', evidence });
        const outcome = await module.login(loginContext(evidence, { shared }));
        const name = harness.publishes === 'name-only' ? accepted?.name : 'stacked';
        expect(outcome).toMatchObject({ status: 'succeeded', contribution: { identity: { name } } });
        expect(shared.published).toEqual([]);
      });
    }

    it('stops with a fault, and publishes nothing, when it is told to stop', async () => {
      const shared = new RecordingSharedState();
      const signal = AbortSignal.abort();
      const evidence = accepted?.evidence ?? evidenceOfEachKind.password;
      const fault = await module.login(loginContext(evidence, { shared, signal })).catch((e: unknown) => e);
      expect(isUnavailable(fault)).toBe(true);
      expect(shared.published).toEqual([]);
    });

    if (harness.anyOption !== true) {
      it('refuses an option that it does not have', async () => {
        const raw = { ...options, 'no-such-option': 'x' };
        expect(factory.options.safeParse(raw).success).toBe(false);
        await expect(factory.create(raw, await harness.services())).rejects.toThrow();
      });
    }

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

function acceptanceConformance(
  { accepted, publishes }: Pick<LoginModuleHarness, 'publishes'> & Required<Pick<LoginModuleHarness, 'accepted'>>,
  attempt: Attempt,
): void {
  it('accepts what it should and contributes name and roles', async () => {
    const { outcome } = await attempt(accepted.evidence);
    const identity = accepted.name === undefined ? {} : { identity: { name: accepted.name } };
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { ...identity, roles: accepted.roles } });
  });

  it('publishes what it has accepted, or nothing at all', async () => {
    const { published } = await attempt(accepted.evidence);
    const evidence = publishes === 'name-only' ? {} : { evidence: accepted.evidence };
    expect(published).toEqual(publishes === 'nothing' ? [] : [{ name: accepted.name, ...evidence }]);
  });

  it('gives the same outcome in a dry run, and afterwards', async () => {
    const dry = await attempt(accepted.evidence, { dryRun: true });
    expect(await attempt(accepted.evidence)).toEqual(dry);
  });
}

type Attempt = (
  evidence: ModuleEvidence,
  changes?: Parameters<typeof loginContext>[1],
) => Promise<{
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
    const { outcome } = await attempt(wrong);
    expect(JSON.stringify(outcome)).not.toContain(secretOf(wrong));
  });
}

/** A certificate is no secret, but a trace is no place for one either. */
function secretOf(evidence: ModuleEvidence): string {
  if (evidence.kind === 'password') return evidence.password.reveal();
  if (evidence.kind === 'certificate') return Buffer.from(evidence.chain[0]!).toString('base64').slice(0, 32);
  throw new Error('the harness gives another kind: compare its secret here');
}
