import { expect, it } from 'vitest';
import { jacc } from '../../../src/plugins/policies/jacc.ts';
import { authorizationModuleConformance } from '../../conformance/authorization-module.ts';
import { accessRequest, authorizationServices, byConstraints } from '../../support/authorization.ts';

authorizationModuleConformance({ factory: jacc, options: {}, services: authorizationServices, cases: byConstraints });

it.each([
  [
    accessRequest(),
    'role all: WebUserDataPermission /secure/page GET:CONFIDENTIAL; WebResourcePermission /secure/page GET',
  ],
  [accessRequest({ roles: [] }), 'role-missing: WebResourcePermission /secure/page GET'],
  // The web layer answers these two otherwise than with a no, by their words.
  [accessRequest({ roles: undefined }), 'not-authenticated'],
  [accessRequest({ confidential: false }), 'transport'],
])('JACC names the permission %#', async (request, reason) => {
  const module = await jacc.create({}, authorizationServices());
  const answer = await module.authorize(request, { signal: new AbortController().signal });
  expect(answer.reason).toBe(reason);
});
