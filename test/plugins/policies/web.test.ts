import { web } from '../../../src/plugins/policies/web.ts';
import { authorizationModuleConformance } from '../../conformance/authorization-module.ts';
import { authorizationServices, byConstraints } from '../../support/authorization.ts';

authorizationModuleConformance({ factory: web, options: {}, services: authorizationServices, cases: byConstraints });
