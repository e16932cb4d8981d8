/** @module Expected against what came: one difference a test. */
import { describe, expect, it } from 'vitest';
import { policyDifferences } from '../../src/engine/policy-check.ts';

const came = {
  status: 'authenticated',
  principal: 'eric',
  roles: ['a', 'b'],
  decidedBy: 'every required module succeeded',
  access: 'deny',
  accessReason: 'role-missing',
};

describe('the differences', () => {
  it('are none where all is as expected, roles in any order', () => {
    const expected = { status: 'authenticated', roles: ['b', 'a'], 'roles-include': ['a'], 'roles-exclude': ['c'] };
    expect(policyDifferences({ ...expected, 'decided-by': 'required module', access: 'deny' }, came)).toEqual([]);
  });

  it.each([
    [{ status: 'denied' }, 'status: expected denied, came authenticated'],
    [{ principal: 'amar' }, 'principal: expected amar, came eric'],
    [{ roles: ['a'] }, 'roles: not expected b'],
    [{ roles: ['a', 'b', 'c'] }, 'roles: missing c'],
    [{ 'roles-include': ['c'] }, 'roles: missing c'],
    [{ 'roles-exclude': ['b'] }, 'roles: not expected b'],
    [{ 'decided-by': 'Ldap' }, 'decided by: expected "Ldap" in it, came "every required module succeeded"'],
    [{ access: 'permit' }, 'access: expected permit, came deny'],
    [{ 'access-reason': 'transport' }, 'access reason: expected transport, came role-missing'],
  ])('of %j', (expected, difference) => {
    expect(policyDifferences(expected, came)).toEqual([difference]);
  });

  it('name what did not come at all', () => {
    expect(policyDifferences({ principal: 'eric' }, { roles: [] })).toEqual(['principal: expected eric, came none']);
  });
});
