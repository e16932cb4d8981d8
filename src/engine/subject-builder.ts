/** @module From the contributions of a stack to one Subject: the commit phase of JAAS (jboss-facts §1.3). */
import type { Factor } from '../spi/factors.ts';
import type { Contribution } from '../spi/login-module.ts';
import type { Principal, Subject } from '../spi/subject.ts';

type NamedLists = Readonly<Record<string, readonly string[]>>;

/**
 * The Subject of a stack that succeeded; `undefined` when no module named anybody. The first module that commits an
 * identity gives the caller's name, under the name that its CallerPrincipal group holds if there is one; the
 * CallerPrincipal of a later module changes nothing (jboss-facts §1.3, §15 no. 6). Each module's removals come after its additions,
 * so that a role mapped to itself and replaced is gone (jboss-facts §2.6).
 */
export function buildSubject(contributions: readonly Contribution[]): Subject | undefined {
  let callerPrincipal: Principal | undefined;
  let loginName: string | undefined;
  const principals: Principal[] = [];
  const roles = new Set<string>();
  const groups = new Map<string, Set<string>>();
  const attributes = new Map<string, Set<string>>();
  const factors = new Set<Factor>();

  for (const contribution of contributions) {
    const { identity } = contribution;
    callerPrincipal ??= contribution.callerPrincipal ?? identity;
    if (identity !== undefined && !principals.some((known) => isSame(known, identity))) principals.push(identity);
    loginName ??= contribution.loginName;
    for (const role of contribution.roles ?? []) roles.add(role);
    for (const role of contribution.removedRoles ?? []) roles.delete(role);
    merge(groups, contribution.groups);
    merge(attributes, contribution.attributes);
    for (const factor of contribution.factors ?? []) factors.add(factor);
  }

  if (callerPrincipal === undefined) return undefined;
  const subject = {
    callerPrincipal,
    principals,
    roles: [...roles],
    groups: toRecord(groups),
    attributes: toRecord(attributes),
    ...(factors.size === 0 ? {} : { factors: [...factors] }),
  };
  return loginName === undefined ? subject : { ...subject, loginName };
}

function isSame(one: Principal, other: Principal): boolean {
  return one.name === other.name && one.type === other.type;
}

function merge(into: Map<string, Set<string>>, added: NamedLists | undefined): void {
  for (const [name, values] of Object.entries(added ?? {})) {
    const known = into.get(name) ?? new Set();
    for (const value of values) known.add(value);
    into.set(name, known);
  }
}

/** `fromEntries` defines properties instead of assigning them: a group named `__proto__` is a group like any other. */
function toRecord(lists: ReadonlyMap<string, ReadonlySet<string>>): NamedLists {
  return Object.fromEntries([...lists].map(([name, values]) => [name, [...values]]));
}
