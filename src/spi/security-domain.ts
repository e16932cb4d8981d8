/** @module The contract of a security domain: evidence in, one explained decision out. */
import type { DecisionTrace, MechanismStep } from './decision-trace.ts';
import type { LoginEvidence, ModuleEvidence } from './evidence.ts';
import type { Factor } from './factors.ts';
import type { KerberosAcceptor } from './kerberos-acceptor.ts';
import type { ChallengeKind, LoginChallenge } from './login-challenge.ts';
import type { OneTimeCodes } from './one-time-codes.ts';
import type { Subject } from './subject.ts';

/** Facts about the request that a login is part of. */
export interface LoginRequest {
  /** Address of the client after trusted proxies have been taken into account. */
  readonly sourceAddress: string;
  /** The mechanism that read the evidence: FORM, BASIC … */
  readonly mechanism: string;
  /** For the trace: the mechanisms up to this one, where the domain has an order of its own for them. */
  readonly mechanisms?: readonly MechanismStep[];
  /** Who an earlier mechanism of the same request has proved it to be: whoever is somebody else is refused. */
  readonly samePrincipal?: string;
  /** The application or partner that the person wants to reach, where known. */
  readonly application?: string;
  /** What the client can be asked for in one more leg. Absent: nothing, the evidence is all that there will be. */
  readonly answers?: readonly ChallengeKind[];
  /** What the application wants to be proved beyond what the domain asks for anyway. */
  readonly factors?: readonly Factor[];
  /** Decide and explain, but change nothing. */
  readonly dryRun?: boolean;
}

export type LoginResult =
  | {
      readonly status: 'authenticated';
      readonly subject: Subject;
      readonly replies: readonly Uint8Array[];
      readonly trace: DecisionTrace;
    }
  | { readonly status: 'challenge'; readonly challenge: LoginChallenge; readonly trace: DecisionTrace }
  /** `unavailable`: a store that had to be asked could not be. Nothing finer ever leaves the house. */
  | { readonly status: 'denied'; readonly reason: 'rejected' | 'unavailable'; readonly trace: DecisionTrace };

/** What a domain remembers of the logins that it has granted on this node (jboss-facts §10.1). */
export interface DomainCache {
  /** The names that applications see, each once. */
  principals(): readonly string[];
  /** Forgets the logins of one principal, or all. Resolves with their number when every module has been told. */
  flush(principal?: string): Promise<number>;
}

export interface SecurityDomain {
  readonly name: string;
  /** Of the first of its modules that has them. */
  readonly oneTimeCodes?: OneTimeCodes;
  /** Of the first of its modules that holds the keys of a service. */
  readonly kerberos?: KerberosAcceptor;
  /** Absent: every login runs the stack. */
  readonly cache?: DomainCache;
  /** True where a module has an `unauthenticatedIdentity`: anonymous evidence may then be given a name. */
  readonly namesAnonymous?: boolean;
  /**
   * Runs the stack, maps roles, audits, and explains.
   * @throws ERR_LOGIN_MODULE_BUG when a module threw anything but a `GatehouseError`; `facts.decision` names the trace.
   * @throws ERR_AUDIT_UNAVAILABLE when the decision could not be recorded: then nobody is logged in.
   */
  login(evidence: LoginEvidence, request: LoginRequest): Promise<LoginResult>;
  close(): Promise<void>;
}

/** Another security domain as a login module sees it: built when it is first asked, so that the order of domains is no matter. */
export interface OtherDomain {
  readonly name: string;
  kerberos(): Promise<KerberosAcceptor | undefined>;
  /** A login of its own, with a trace and an audit record of its own. @throws as `SecurityDomain.login` does */
  login(evidence: ModuleEvidence, request: LoginRequest): Promise<LoginResult>;
}
