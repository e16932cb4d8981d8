/** @module The record of how a login was decided. It holds no secret: it is stored, shown and sent as it is. */

import type { ControlFlag } from './control-flag.ts';
import type { EvidenceKind } from './evidence.ts';
import type { ChallengeKind } from './login-challenge.ts';
import type { MappingType } from './mapping-type.ts';

/** Where in the configuration a thing was written. */
export interface ConfigurationPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export type StepOutcome =
  | 'succeeded'
  | 'ignored'
  | 'failed'
  | 'challenge'
  /** The store could not be asked. */
  | 'unavailable'
  /** Not asked: its circuit was open. */
  | 'skipped'
  /** Threw something that was not a GatehouseError. */
  | 'bug'
  /** The phase ended before this module. */
  | 'not-reached';

export interface ModuleStep {
  readonly code: string;
  readonly name: string;
  readonly flag: ControlFlag;
  readonly outcome: StepOutcome;
  /** A failure reason, an error code, what a challenge asks for, or a module's note. */
  readonly reason?: string;
  /** Wall time in milliseconds, to the microsecond. */
  readonly ms: number;
  /** True when password stacking supplied name and evidence, so that nothing was verified here. */
  readonly stacked: boolean;
  readonly principals: readonly string[];
  readonly roles: readonly string[];
  readonly removedRoles: readonly string[];
  readonly place?: ConfigurationPlace;
}

/** One mechanism of a domain's `authentication-jaspi`. */
export interface MechanismStep {
  /** Its name; several where one of them was to find something and none did. */
  readonly mechanism: string;
  readonly flag: ControlFlag;
  /** `evidence`: what this very decision is about. `succeeded` and `failed`: decided on before, under `decision`. */
  readonly outcome: 'not-attempted' | 'malformed' | 'fault' | 'evidence' | 'succeeded' | 'failed';
  readonly reason?: string;
  readonly decision?: string;
  readonly place?: ConfigurationPlace;
}

export interface MappingStep {
  readonly type: MappingType;
  readonly code: string;
  /** Roles; the name; for attributes their names, since values may be private. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Why the mapper could not answer: an error code, or the class of a bug. Then `after` is `before`, and the login is refused. */
  readonly fault?: string;
  readonly place?: ConfigurationPlace;
}

export interface AuthorizationStep {
  readonly code: string;
  /** Absent for the application's own constraints, which hold before any list of modules. */
  readonly flag?: ControlFlag;
  /** `unavailable`: a store could not be asked. `bug`: threw what is no GatehouseError. `not-reached`: the list ended before. */
  readonly decision: 'permit' | 'deny' | 'abstain' | 'unavailable' | 'bug' | 'not-reached';
  readonly reason: string;
  readonly place?: ConfigurationPlace;
}

export interface DecisionTrace {
  /** 26 characters of Crockford base32: 48 bits of time, 80 random bits, so that ids sort by time. */
  readonly id: string;
  readonly at: number;
  readonly domain: string;
  readonly configRevision: string;
  readonly evidence: EvidenceKind;
  readonly mechanism: string;
  /** The mechanisms of the domain up to the one whose evidence this is. Absent where an application lists its own. */
  readonly mechanisms?: readonly MechanismStep[];
  readonly outcome: 'authenticated' | 'challenge' | 'denied' | 'unavailable' | 'bug';
  /** The rule that decided, in words: `required UsersRoles failed`, `all modules ignored` … */
  readonly decidedBy: string;
  /** What was asked for; set when the outcome is `challenge`. */
  readonly challenge?: ChallengeKind;
  /** Set when somebody was authenticated. */
  readonly principal?: string;
  readonly roles: readonly string[];
  readonly modules: readonly ModuleStep[];
  readonly mapping: readonly MappingStep[];
  readonly authorization: readonly AuthorizationStep[];
  readonly dryRun: boolean;
  readonly ms: number;
}
