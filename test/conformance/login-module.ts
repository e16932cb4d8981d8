/** @module What every login module does, whatever it checks against. A custom module runs it with a harness of its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isUnavailable } from '../../src/spi/errors.ts';
import type { Evidence, EvidenceKind } from '../../src/spi/evidence.ts';
import type {
  LoginContext,
  LoginModule,
  LoginModuleFactory,
  ModuleOutcome,
  ModuleServices,
} from '../../src/spi/login-module.ts';
import { allEvidenceKinds, evidenceOfEachKind, hostileNames, secretTexts } from '../support/plugin-evidence.ts';
import { loginContext, RecordingSharedState } from '../support/plugin-services.ts';

export interface LoginModuleHarness {
  readonly factory: LoginModuleFactory;
  /** As in the configuration, with `password-stacking: useFirstPass` where the module has it. */
  readonly options: Readonly<Record<string, unknown>>;
  services(): ModuleServices | Promise<ModuleServices>;
  /** What surrounds each login: contributions of earlier modules, what an earlier module has proved. */
  readonly context?: Partial<LoginContext>;
  /** Evidence that the module accepts, and what it then contributes; without a name it contributes no identity. */
  readonly accepted:
    | { readonly evidence: Evidence; readonly name?: string; readonly roles: readonly string[] }
    /** For a module that accepts nobody: why. */
    | { readonly never: string };
  /** For a module that verifies: evidence for a known user that is wrong, and evidence for any other name. */
  readonly refused?: { readonly wrong: Evidence; unknown(name: string): Evidence };
  /** Kinds that it takes, beside that of `accepted`. */
  readonly otherKinds?: readonly EvidenceKind[];
  /** For a module that has no opinion by contract. */
  readonly ignoredKinds?: readonly EvidenceKind[];
  /** What it passes down the stack; name and evidence where nothing is said. */
  readonly publishes?: 'name-only' | 'nothing';
  /** What does not hold for this module, each with the reason. It is printed, and checked: what does hold is no exception. */
  readonly exceptions?: Readonly<Partial<Record<LoginModuleFact, string>>>;
}

/** What a module may be an exception to. */
export type LoginModuleFact =
  | 'publishes'
  | 'fails-on-other-kinds'
  | 'trusts-proved-identity'
  | 'fails-on-wrong-credential'
  | 'distrusts-bare-name';

type ExceptionalTest = (fact: LoginModuleFact, title: string, body: () => Promise<void>) => void;

/** `it.fails` instead of skipping: an exception that has become needless is a failure. */
function exceptionalTests(exceptions: LoginModuleHarness['exceptions'] = {}): ExceptionalTest {
  return (fact, title, body) => {
    const reason = exceptions[fact];
    if (reason === undefined) it(title, body);
    else it.fails(`EXCEPTION, does not hold: ${title} (${reason})`, body);
  };
}

export function loginModuleConformance(harness: LoginModuleHarness): void {
  const { factory, options, accepted, refused, ignoredKinds = [] } = harness;
  const exceptional = exceptionalTests(harness.exceptions);

  describe(`${factory.code} as a LoginModule`, () => {
    let module: LoginModule;
    beforeEach(async () => {
      module = await factory.create(options, await harness.services());
    });
    afterEach(() => module.close?.());

    const attempt = async (evidence: Evidence, changes: Parameters<typeof loginContext>[1] = {}) => {
      const shared = new RecordingSharedState(harness.context?.shared?.read());
      const outcome = await module.login(loginContext(evidence, { ...harness.context, shared, ...changes }));
      return { outcome, published: shared.published };
    };

    if ('never' in accepted) {
      for (const kind of allEvidenceKinds) {
        it(`does not accept ${kind} evidence: ${accepted.never}`, async () => {
          const { outcome, published } = await attempt(evidenceOfEachKind[kind]);
          expect(outcome.status).toBe('failed');
          expect(published).toEqual([]);
        });
      }
    } else {
      acceptanceConformance(harness, accepted, exceptional, attempt, () => module);
    }

    for (const kind of ignoredKinds) {
      it(`has no opinion about ${kind} evidence`, async () => {
        const { outcome, published } = await attempt(evidenceOfEachKind[kind]);
        expect(outcome.status).toBe('ignored');
        expect(published).toEqual([]);
      });
    }

    it('stops with a fault, and publishes nothing, when it is told to stop', async () => {
      const shared = new RecordingSharedState();
      const signal = AbortSignal.abort();
      const evidence = 'never' in accepted ? evidenceOfEachKind.password : accepted.evidence;
      const context = loginContext(evidence, { ...harness.context, shared, signal });
      expect(isUnavailable(await module.login(context).catch((fault: unknown) => fault))).toBe(true);
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
      refusalConformance(refused, exceptional, attempt, () => module);
    }
  });
}

type Attempt = (
  evidence: Evidence,
  changes?: Partial<LoginContext>,
) => Promise<{
  readonly outcome: Awaited<ReturnType<LoginModule['login']>>;
  readonly published: readonly unknown[];
}>;

function acceptanceConformance(
  harness: LoginModuleHarness,
  accepted: Exclude<LoginModuleHarness['accepted'], { never: string }>,
  exceptional: ExceptionalTest,
  attempt: Attempt,
  module: () => LoginModule,
): void {
  const { publishes, otherKinds = [], ignoredKinds = [] } = harness;
  const taken: readonly EvidenceKind[] = [accepted.evidence.kind, ...otherKinds, ...ignoredKinds];
  const identityOf = (outcome: ModuleOutcome) =>
    outcome.status === 'succeeded' ? outcome.contribution.identity?.name : outcome;

  it('accepts what it should and contributes name and roles', async () => {
    const { outcome } = await attempt(accepted.evidence);
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: accepted.roles } });
    expect(identityOf(outcome)).toBe(accepted.name);
  });

  exceptional('publishes', 'publishes what it has accepted', async () => {
    const { published } = await attempt(accepted.evidence);
    const evidence = publishes === 'name-only' ? {} : { evidence: accepted.evidence };
    expect(published).toEqual(publishes === 'nothing' ? [] : [{ name: accepted.name, ...evidence }]);
  });

  it('gives the same outcome in a dry run, and afterwards', async () => {
    const dry = await attempt(accepted.evidence, { dryRun: true });
    expect(await attempt(accepted.evidence)).toEqual(dry);
  });

  for (const kind of allEvidenceKinds.filter((one) => !taken.includes(one))) {
    exceptional('fails-on-other-kinds', `fails on ${kind} evidence instead of ignoring it`, async () => {
      const { outcome, published } = await attempt(evidenceOfEachKind[kind]);
      expect(outcome).toMatchObject({ status: 'failed', reason: 'unsupported-evidence' });
      expect(published).toEqual([]);
    });
  }

  exceptional(
    'trusts-proved-identity',
    'trusts an identity that an earlier module has proved, and does not publish it again',
    async () => {
      const shared = new RecordingSharedState({ name: 'stacked', evidence: evidenceOfEachKind.negotiate });
      const context = loginContext(evidenceOfEachKind.negotiate, { ...harness.context, shared });
      const outcome = await module().login(context);
      expect(outcome.status).toBe('succeeded');
      expect(identityOf(outcome)).toBe(publishes === undefined ? 'stacked' : accepted.name);
      expect(shared.published).toEqual([]);
    },
  );
}

function refusalConformance(
  refused: NonNullable<LoginModuleHarness['refused']>,
  exceptional: ExceptionalTest,
  attempt: Attempt,
  module: () => LoginModule,
): void {
  exceptional('fails-on-wrong-credential', 'fails on a wrong credential and publishes nothing', async () => {
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

  exceptional('distrusts-bare-name', 'does not trust a name that was published without evidence', async () => {
    const shared = new RecordingSharedState({ name: 'stacked' });
    const outcome = await module().login(loginContext(refused.wrong, { shared }));
    expect(outcome.status).toBe('failed');
  });

  const secrets = secretTexts(refused.wrong);
  if (secrets.length > 0) {
    it('says nothing of the credential in its outcome', async () => {
      const { outcome } = await attempt(refused.wrong);
      expect(secrets.filter((secret) => JSON.stringify(outcome).includes(secret))).toEqual([]);
    });
  }
}
