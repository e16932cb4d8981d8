/** @module One person's authenticator from proposal to removal, and the check of a code at a login. */
import type { Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { ModuleEvent, ModuleServices } from '../../spi/module-services.ts';
import type {
  OneTimeCodeActor,
  OneTimeCodeChange,
  OneTimeCodeProposal,
  OneTimeCodeRefusal,
  OneTimeCodeStore,
  OneTimeCodes,
} from '../../spi/one-time-codes.ts';
import { Secret } from '../../spi/secret.ts';
import { encodeBase32 } from './base32.ts';
import { type CodeChecker, type CodeVerdict, createCodeChecker } from './check-code.ts';
import { buildOtpauthUri } from './otpauth.ts';
import { type Authenticator, type AuthenticatorSeal, createAuthenticatorSeal } from './record.ts';
import { newRecoveryCodes, readRecoveryCode, recoveryDigest } from './recovery-codes.ts';
import { type CodeParameters, secretBytes } from './totp.ts';

/** Time to take out a telephone and find the program; what is shown longer is begun anew. */
export const proposalMs = 10 * 60_000;

/** A person of whom something is kept. */
export interface Enrolled {
  readonly user: string;
  readonly sealed: string;
  readonly authenticator: Authenticator;
}

export type LoginCodeVerdict =
  | { readonly status: 'accepted'; readonly by: 'code' }
  | { readonly status: 'accepted'; readonly by: 'recovery-code'; readonly left: number }
  | Extract<CodeVerdict, { status: 'refused' }>;

export interface LoginCode {
  readonly typed: string;
  readonly sourceAddress: string;
  readonly dryRun: boolean;
}

export interface Enrolments {
  readonly oneTimeCodes: OneTimeCodes;
  /** @throws ERR_STORE_UNAVAILABLE also when what is kept cannot be opened. */
  find(user: string, signal: AbortSignal, newest?: boolean): Promise<Enrolled | undefined>;
  /** Of several logins at once with one code exactly one is accepted. A recovery code is gone when this says yes. */
  verify(enrolled: Enrolled, code: LoginCode, signal: AbortSignal): Promise<LoginCodeVerdict>;
}

export interface EnrolmentParts {
  readonly store: OneTimeCodeStore;
  readonly parameters: CodeParameters;
  readonly required: boolean;
  /** What the authenticator shows above the codes. */
  readonly issuer: string;
  readonly services: Pick<ModuleServices, 'domain' | 'clock' | 'random' | 'ephemeral' | 'sealingKey' | 'record'>;
}

interface Sealing {
  readonly seal: AuthenticatorSeal;
  readonly checker: CodeChecker;
}

/** The file in `data/keys` under which the secrets of authenticators are sealed. */
const keyPurpose = 'one-time-codes';

export function createEnrolments({ store, parameters, required, issuer, services }: EnrolmentParts): Enrolments {
  const { clock, random, ephemeral, domain, record } = services;
  let opened: Sealing | undefined;

  async function openSealing(make: boolean): Promise<Sealing | undefined> {
    const key = opened === undefined ? await services.sealingKey(keyPurpose, make) : undefined;
    if (key !== undefined) {
      const seal = createAuthenticatorSeal(key, random);
      opened ??= { seal, checker: createCodeChecker({ domain, clock, ephemeral, recoveryKey: seal.recoveryKey }) };
    }
    return opened;
  }

  /** Makes the key where there is none: only for what is to be sealed. A key that was lost is not replaced by looking for it. */
  async function sealing(): Promise<Sealing> {
    const made = await openSealing(true);
    if (made === undefined) throw new TypeError('a key that was to be made is not there');
    return made;
  }

  async function find(user: string, signal: AbortSignal, newest = false): Promise<Enrolled | undefined> {
    const stored = await store.find(user, signal, newest);
    if (stored === undefined) return undefined;
    const authenticator = (await openSealing(false))?.seal.open('record', stored.user, stored.sealed);
    if (authenticator === undefined) {
      throw new GatehouseError(
        'ERR_STORE_UNAVAILABLE',
        'a record of one-time codes cannot be opened: it is another person’s, or was sealed under another key than data/keys/one-time-codes.key',
        { facts: { domain } },
      );
    }
    return { ...stored, authenticator };
  }

  /** Changes and records; what cannot be recorded is changed back. False when somebody else was first. */
  async function changeTo(
    user: string,
    from: string | undefined,
    to: string | undefined,
    event: Pick<ModuleEvent, 'type' | 'reason' | 'sourceAddress'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!(await store.change(user, from, to, signal))) return false;
    let recorded = false;
    try {
      await record({ ...event, outcome: 'success', principal: user });
      recorded = true;
    } finally {
      if (!recorded) await store.change(user, to, from, signal);
    }
    return true;
  }

  async function verify(found: Enrolled, code: LoginCode, signal: AbortSignal): Promise<LoginCodeVerdict> {
    const { typed, dryRun, sourceAddress } = code;
    const isRecovery = readRecoveryCode(typed) !== undefined;
    // A login may see a record that is a moment old; which recovery codes are left it must know.
    const enrolled = (isRecovery && !dryRun ? await find(found.user, signal, true) : found) ?? found;
    const { seal, checker } = await sealing();
    const { user, authenticator } = enrolled;
    const verdict = await checker.check({ user, authenticator, typed, dryRun });
    if (verdict.status === 'refused' || verdict.by === 'code') return verdict;
    const recovery = authenticator.recovery.filter((kept) => kept !== verdict.digest);
    if (dryRun) return { status: 'accepted', by: 'recovery-code', left: recovery.length };
    const to = seal.seal('record', user, { ...authenticator, recovery });
    const removed = await changeTo(user, enrolled.sealed, to, { type: 'recovery-code-used', sourceAddress }, signal);
    return removed
      ? { status: 'accepted', by: 'recovery-code', left: recovery.length }
      : { status: 'refused', reason: 'used' };
  }

  /** `undefined`: proved. A recovery code is not removed: the whole record goes. */
  async function prove({ user, authenticator }: Enrolled, typed: string): Promise<OneTimeCodeRefusal | undefined> {
    const verdict = await (await sealing()).checker.check({ user, authenticator, typed, dryRun: false });
    if (verdict.status === 'accepted') return undefined;
    return verdict.reason === 'too-many-attempts' ? 'too-many-attempts' : 'wrong-current-code';
  }

  function newAuthenticator(): Authenticator {
    const secret = new Secret(random.bytes(secretBytes[parameters.algorithm]));
    return { ...parameters, secret, recovery: [], at: clock.now() };
  }

  async function proposalOf(user: string, authenticator: Authenticator): Promise<OneTimeCodeProposal> {
    const secret = authenticator.secret.reveal();
    return {
      uri: new Secret(buildOtpauthUri({ ...parameters, issuer, user, secret })),
      secret: new Secret(encodeBase32(secret)),
      sealed: (await sealing()).seal.seal('proposal', user, authenticator),
    };
  }

  async function openProposal(user: string, sealed: string): Promise<Authenticator | undefined> {
    const proposed = (await sealing()).seal.open('proposal', user, sealed);
    return proposed === undefined || clock.now() - proposed.at >= proposalMs ? undefined : proposed;
  }

  async function keep(
    user: string,
    from: string | undefined,
    authenticator: Authenticator,
    actor: OneTimeCodeActor,
    signal: AbortSignal,
  ): Promise<readonly Secret<string>[] | undefined> {
    const { seal } = await sealing();
    const { codes, recovery } = recoveryFor(user, seal, random);
    const to = seal.seal('record', user, { ...authenticator, recovery, at: clock.now() });
    return (await changeTo(user, from, to, { ...actor, type: 'one-time-codes-enrolled' }, signal)) ? codes : undefined;
  }

  const oneTimeCodes: OneTimeCodes = {
    users: (signal) => store.users(signal),
    async status(user, signal) {
      const enrolled = await find(user, signal, true);
      const recoveryCodes = enrolled?.authenticator.recovery.length ?? 0;
      return { enrolled: enrolled !== undefined, required, recoveryCodes };
    },
    async propose(user, again) {
      const known = again === undefined ? undefined : await openProposal(user, again);
      return proposalOf(user, known ?? newAuthenticator());
    },
    async confirm(user, answer, actor, signal) {
      const { checker } = await sealing();
      const proposed = await openProposal(user, answer.sealed);
      if (proposed === undefined) return refused('expired');
      const step = checker.stepOfNew(proposed, answer.code);
      if (step === undefined) return refused('wrong-code');
      const enrolled = await find(user, signal, true);
      const refusal = enrolled && (await prove(enrolled, answer.current));
      if (refusal !== undefined) return refused(refusal);
      const codes = await keep(enrolled?.user ?? user, enrolled?.sealed, proposed, actor, signal);
      if (codes === undefined) return refused('changed');
      // What was typed here must not begin a session as well.
      await checker.spend(proposed, step);
      return { status: 'done', value: codes };
    },
    async remove(user, current, actor, signal) {
      if (required) return refused('required');
      const enrolled = await find(user, signal, true);
      const refusal = enrolled === undefined ? 'not-enrolled' : await prove(enrolled, current);
      if (enrolled === undefined || refusal !== undefined) return refused(refusal ?? 'not-enrolled');
      const event = { ...actor, type: 'one-time-codes-removed' } as const;
      const removed = await changeTo(enrolled.user, enrolled.sealed, undefined, event, signal);
      return removed ? { status: 'done', value: undefined } : refused('changed');
    },
    async enrol(user, actor, signal) {
      if ((await store.find(user, signal, true)) !== undefined) return refused('already-enrolled');
      const authenticator = newAuthenticator();
      const recoveryCodes = await keep(user, undefined, authenticator, actor, signal);
      if (recoveryCodes === undefined) return refused('changed');
      return { status: 'done', value: { proposal: await proposalOf(user, authenticator), recoveryCodes } };
    },
    async reset(user, actor, signal) {
      const stored = await store.find(user, signal, true);
      if (stored === undefined) return refused('not-enrolled');
      const event = { ...actor, type: 'one-time-codes-removed' } as const;
      const removed = await changeTo(stored.user, stored.sealed, undefined, event, signal);
      return removed ? { status: 'done', value: undefined } : refused('changed');
    },
  };

  return { oneTimeCodes, find, verify };
}

function recoveryFor(user: string, { recoveryKey }: AuthenticatorSeal, random: Random) {
  const codes = newRecoveryCodes(random);
  const read = codes.flatMap((code) => readRecoveryCode(code.reveal()) ?? []);
  return { codes, recovery: read.map((code) => recoveryDigest(recoveryKey, user, code)) };
}

function refused<T>(reason: OneTimeCodeRefusal): OneTimeCodeChange<T> {
  return { status: 'refused', reason };
}
