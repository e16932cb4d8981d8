import { denyAll } from '../../../src/plugins/policies/deny-all.ts';
import { authorizationModuleConformance } from '../../conformance/authorization-module.ts';
import { accessRequest, authorizationServices } from '../../support/authorization.ts';

authorizationModuleConformance({
  factory: denyAll,
  options: {},
  services: authorizationServices,
  cases: [
    ['answers somebody with the role', accessRequest(), 'deny'],
    ['answers somebody without it', accessRequest({ roles: [] }), 'deny'],
    ['answers nobody in particular', accessRequest({ roles: undefined, path: '/open' }), 'deny'],
  ],
});
