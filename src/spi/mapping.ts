/** @module The contracts of mapping: what a domain does to names and roles after the stack has agreed. */
import type { Principal, Subject } from './subject.ts';

export interface RoleMapper {
  readonly code: string;
  /** The whole new list of roles, from the roles so far. */
  map(roles: readonly string[], subject: Subject): Promise<readonly string[]>;
}

export interface PrincipalMapper {
  readonly code: string;
  map(principal: Principal, subject: Subject): Promise<Principal>;
}
