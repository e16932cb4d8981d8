/** @module What a policy test expected, held against what came: the differences in words. */

export interface PolicyExpectation {
  readonly status?: string | undefined;
  readonly principal?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly 'roles-include'?: readonly string[] | undefined;
  readonly 'roles-exclude'?: readonly string[] | undefined;
  readonly 'decided-by'?: string | undefined;
  readonly access?: string | undefined;
  readonly 'access-reason'?: string | undefined;
}

export interface PolicyObservation {
  readonly status?: string | undefined;
  readonly principal?: string | undefined;
  readonly roles: readonly string[];
  readonly decidedBy?: string | undefined;
  readonly access?: string | undefined;
  readonly accessReason?: string | undefined;
}

/** Empty: everything as expected. */
export function policyDifferences(expected: PolicyExpectation, came: PolicyObservation): readonly string[] {
  const same = (what: string, wanted: string | undefined, got: string | undefined) =>
    wanted === undefined || wanted === got ? [] : [`${what}: expected ${wanted}, came ${got ?? 'none'}`];
  const { roles, 'roles-include': include = [], 'roles-exclude': exclude = [], 'decided-by': decided } = expected;
  const missing = [...(roles ?? []), ...include].filter((role) => !came.roles.includes(role));
  const surplus = came.roles.filter((role) => exclude.includes(role) || (roles !== undefined && !roles.includes(role)));
  return [
    ...same('status', expected.status, came.status),
    ...same('principal', expected.principal, came.principal),
    ...(missing.length === 0 ? [] : [`roles: missing ${[...new Set(missing)].join(', ')}`]),
    ...(surplus.length === 0 ? [] : [`roles: not expected ${surplus.join(', ')}`]),
    ...(decided === undefined || came.decidedBy?.includes(decided) === true
      ? []
      : [`decided by: expected "${decided}" in it, came "${came.decidedBy ?? 'none'}"`]),
    ...same('access', expected.access, came.access),
    ...same('access reason', expected['access-reason'], came.accessReason),
  ];
}
