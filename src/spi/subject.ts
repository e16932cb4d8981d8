/** @module Who somebody is after a login: principals, roles, groups and attributes. */
import type { Factor } from './factors.ts';

export interface Principal {
  readonly name: string;
  /** What the name is a name in: `user` for a plain login name, `x500` for a distinguished name, `kerberos` for name@REALM. */
  readonly type: 'user' | 'x500' | 'kerberos';
}

export interface Subject {
  /** The name that applications see: of the first module that contributed one, its CallerPrincipal, else its identity (the JBoss commit rule). */
  readonly callerPrincipal: Principal;
  /** The name under which a module has proved the person, where a later module has noted it: mappings do not change it. */
  readonly loginName?: string;
  /** Every identity that a module contributed, in stack order, without repetition. */
  readonly principals: readonly Principal[];
  /** Members of the group `Roles` after role mapping, in order of contribution, without repetition. */
  readonly roles: readonly string[];
  /** Other named groups (`user.Other=r9` in a roles file). Never used for authorization. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** What modules have checked beyond the evidence itself. Absent: nothing. */
  readonly factors?: readonly Factor[];
}
