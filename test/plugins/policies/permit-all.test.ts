import { permitAll } from '../../../src/plugins/policies/permit-all.ts';
import { authorizationModuleConformance } from '../../conformance/authorization-module.ts';
import { accessRequest, authorizationServices } from '../../support/authorization.ts';

authorizationModuleConformance({
  factory: permitAll,
  options: {},
  services: authorizationServices,
  cases: [
    ['answers somebody with the role', accessRequest(), 'permit'],
    ['answers somebody without it', accessRequest({ roles: [] }), 'permit'],
    ['answers nobody in particular', accessRequest({ roles: undefined, path: '/open' }), 'permit'],
  ],
});
