import { fastify } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AllowedMethods, collectAllowedMethods } from '../../src/http/allowed-methods.ts';

let allowed: AllowedMethods;

beforeAll(async () => {
  const app = fastify();
  allowed = collectAllowedMethods(app);
  app.get('/', () => '');
  app.route({ method: ['GET', 'POST'], url: '/login/:id', handler: () => '' });
  await app.register(async (scope) => {
    scope.route({ method: 'PUT', url: '/shop/*', handler: () => '' });
  });
  await app.ready();
});

describe('the methods of an address', () => {
  test.each<readonly [string, readonly string[]]>([
    ['/', ['GET', 'HEAD']],
    ['/login/x', ['GET', 'HEAD', 'POST']],
    ['/shop/a/b', ['PUT']],
    ['/shop/', ['PUT']],
  ])('%s: %j', (path, methods) => {
    expect(allowed.of(path)).toEqual(methods);
  });

  test.each(['/nowhere', '/login', '/login/', '/login/x/y', '/shop', '//', ''])('none at %j', (path) => {
    expect(allowed.of(path)).toEqual([]);
  });
});
