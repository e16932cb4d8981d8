/** @module Authorization modules in tests: a request, and services over the constraints of one application. */
import { createPathConstraints } from '../../src/engine/authorization.ts';
import type { AuthorizationRequest, AuthorizationServices } from '../../src/spi/authorization.ts';
import { pluginServices } from './plugin-services.ts';

export function accessRequest(changes: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  return {
    application: 'shop',
    path: '/secure/page',
    method: 'GET',
    confidential: true,
    principal: 'eric',
    roles: ['all'],
    ...changes,
  };
}

export function authorizationServices(): AuthorizationServices {
  const check = createPathConstraints([
    { path: '/secure/*', roles: ['all'], methods: ['GET'], transport: 'confidential' },
  ]);
  return { ...pluginServices(), constraints: (request) => check.authorize(request) };
}

/** What a module that goes by the constraints says. */
export const byConstraints = [
  ['permits whoever has the role', accessRequest(), 'permit'],
  ['permits a path without constraints', accessRequest({ path: '/open', roles: undefined }), 'permit'],
  ['denies whoever has not', accessRequest({ roles: ['AB'] }), 'deny'],
  ['denies nobody in particular', accessRequest({ roles: undefined }), 'deny'],
  ['denies a method that no constraint covers', accessRequest({ method: 'DELETE' }), 'deny'],
  ['denies without TLS', accessRequest({ confidential: false }), 'deny'],
] as const;
