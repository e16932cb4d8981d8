/** @module The contracts of one-time codes: where the secrets of authenticators are kept, and how a person gets one. */
import type { Secret } from './secret.ts';

/** What is kept of one person. */
export interface StoredOneTimeCode {
  /** As it is written in the store, which may spell the name in another way than it was asked for. */
  readonly user: string;
  /** Sealed under a key of the installation; opaque to the store. At most `maxSealedCharacters`. */
  readonly sealed: string;
}

/** ASCII letters, digits, `.`, `-` and `_`. A record with ten recovery codes has about 1,000. */
export const maxSealedCharacters = 4_000;

/** All throw ERR_STORE_UNAVAILABLE when the store cannot be asked. */
export interface OneTimeCodeStore {
  /** `newest`: what has been changed a moment ago is seen too; a login can do without. */
  find(user: string, signal: AbortSignal, newest?: boolean): Promise<StoredOneTimeCode | undefined>;
  /**
   * One atomic step: replaces what is kept of exactly this spelling where it is still `from`. `undefined` stands for nothing kept, before
   * or after. False when it was something else; of several that change from the same value at once exactly one gets true.
   */
  change(user: string, from: string | undefined, to: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Everybody of whom something is kept. */
  users(signal: AbortSignal): Promise<readonly string[]>;
}

/** An authenticator that is to be set up: shown once, kept by nobody. */
export interface OneTimeCodeProposal {
  /** `otpauth:` URI, as a QR code carries it to the authenticator. */
  readonly uri: Secret<string>;
  /** The same secret in base32, to be typed. */
  readonly secret: Secret<string>;
  /** What `confirm` takes: the secret, sealed for this person and a few minutes. */
  readonly sealed: string;
}

export interface OneTimeCodeStatus {
  readonly enrolled: boolean;
  /** Nobody gets in without: then nobody removes his own. */
  readonly required: boolean;
  readonly recoveryCodes: number;
}

/** Who changed something, for the audit trail. */
export interface OneTimeCodeActor {
  /** `self-service` or `administrator`. */
  readonly reason: 'self-service' | 'administrator';
  readonly sourceAddress?: string;
}

export type OneTimeCodeRefusal =
  /** The code of the new authenticator, or the proof of the old one. */
  | 'wrong-code'
  | 'wrong-current-code'
  | 'too-many-attempts'
  /** The proposal is of another person, too old, or made elsewhere. */
  | 'expired'
  /** Somebody else has changed the same meanwhile. */
  | 'changed'
  | 'already-enrolled'
  | 'required'
  | 'not-enrolled';

export type OneTimeCodeChange<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'refused'; readonly reason: OneTimeCodeRefusal };

/** What a login module with one-time codes offers beside logins. @throws ERR_STORE_UNAVAILABLE, as do all of its methods. */
export interface OneTimeCodes {
  status(user: string, signal: AbortSignal): Promise<OneTimeCodeStatus>;
  /** `again`: the sealed part of an earlier one, which is shown again while it is good. */
  propose(user: string, again?: string): Promise<OneTimeCodeProposal>;
  /** `current`: a code or recovery code of the authenticator that is replaced; asked for only where there is one. Gives the recovery codes. */
  confirm(
    user: string,
    answer: { readonly sealed: string; readonly code: string; readonly current: string },
    actor: OneTimeCodeActor,
    signal: AbortSignal,
  ): Promise<OneTimeCodeChange<readonly Secret<string>[]>>;
  remove(
    user: string,
    current: string,
    actor: OneTimeCodeActor,
    signal: AbortSignal,
  ): Promise<OneTimeCodeChange<undefined>>;
  /** For an administrator: without proof, and only who has none. */
  enrol(
    user: string,
    actor: OneTimeCodeActor,
    signal: AbortSignal,
  ): Promise<
    OneTimeCodeChange<{ readonly proposal: OneTimeCodeProposal; readonly recoveryCodes: readonly Secret<string>[] }>
  >;
  /** For an administrator: without proof. */
  reset(user: string, actor: OneTimeCodeActor, signal: AbortSignal): Promise<OneTimeCodeChange<undefined>>;
  users(signal: AbortSignal): Promise<readonly string[]>;
}
