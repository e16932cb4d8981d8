import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPathConstraints, type PathConstraint } from '../../src/engine/authorization.ts';
import type { AuthorizationRequest } from '../../src/spi/authorization.ts';

const requestOf = (changes: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  application: 'sampleAppA',
  path: '/secure/page',
  method: 'GET',
  confidential: true,
  roles: ['all'],
  ...changes,
});

const decide = (constraints: readonly PathConstraint[], changes: Partial<AuthorizationRequest> = {}) =>
  createPathConstraints(constraints).authorize(requestOf(changes));

describe('which pattern a path selects', () => {
  const constraints: readonly PathConstraint[] = [
    { path: '/a', roles: ['exact'] },
    { path: '/a/*', roles: ['prefix'] },
    { path: '/a/b/*', roles: ['longer prefix'] },
    { path: '/a/b/c.jsp', roles: ['longer exact'] },
    { path: '*.jsp', roles: ['extension'] },
    { path: '/', roles: ['default'] },
    { path: '', roles: ['root'] },
  ];

  it.each([
    ['/a', 'exact'],
    ['/a/', 'prefix'],
    ['/a/x', 'prefix'],
    ['/a/x.jsp', 'prefix'],
    ['/ab', 'default'],
    ['/a/b', 'longer prefix'],
    ['/a/b/', 'longer prefix'],
    ['/a/b/x/y', 'longer prefix'],
    ['/a/bc', 'prefix'],
    ['/a/b/c.jsp', 'longer exact'],
    ['/x.jsp', 'extension'],
    ['/x/y.z.jsp', 'extension'],
    ['/x.jsp/y', 'default'],
    ['/x.JSP', 'default'],
    ['/xjsp', 'default'],
    ['/A', 'default'],
    ['/', 'root'],
  ])('%s selects the %s pattern', async (path, role) => {
    expect(await decide(constraints, { path, roles: [role] })).toMatchObject({
      decision: 'permit',
      reason: `role ${role}`,
    });
    expect(await decide(constraints, { path, roles: ['none'] })).toMatchObject({ decision: 'deny' });
  });

  it.each(['/', '/x', '/x/y.jsp'])('/* selects %s before any extension or default', async (path) => {
    const all = [{ path: '/*', roles: ['all'] }, { path: '*.jsp' }, { path: '/' }];
    expect(await decide(all, { path, roles: undefined })).toMatchObject({ decision: 'deny' });
  });

  it('leaves a path open that no pattern selects', async () => {
    expect(await decide([{ path: '/secure/*', roles: [] }], { path: '/public', roles: undefined })).toEqual({
      decision: 'permit',
      reason: 'unconstrained',
    });
  });

  it.each(['secure/*', '/a*', '/*/b', '/a/*/b', '*', '*.', '*.a/b', '/a/../b', '//a', '/a;b', '**'])(
    'refuses %s, which is no pattern',
    (path) => {
      expect(() => createPathConstraints([{ path }])).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    },
  );
});

describe('who gets in', () => {
  it.each<[string, readonly string[] | undefined, readonly string[] | undefined, string, string]>([
    ['no roles named: somebody unknown', undefined, undefined, 'permit', 'open'],
    ['no roles named: somebody known', undefined, ['x'], 'permit', 'open'],
    ['nobody allowed: somebody unknown', [], undefined, 'deny', 'excluded'],
    ['nobody allowed: somebody known', [], ['all'], 'deny', 'excluded'],
    ['a role: somebody unknown', ['all'], undefined, 'deny', 'not-authenticated'],
    ['a role: somebody without it', ['all'], ['AB'], 'deny', 'role-missing'],
    ['a role: somebody with it', ['AB', 'all'], ['x', 'all'], 'permit', 'role all'],
    ['a role in other case', ['all'], ['ALL'], 'deny', 'role-missing'],
    ['**: somebody unknown', ['**'], undefined, 'deny', 'not-authenticated'],
    ['**: somebody without any role', ['**'], [], 'permit', 'authenticated'],
    ['*: somebody unknown', ['*'], undefined, 'deny', 'not-authenticated'],
    ['*: where no role is named, somebody without any role', ['*'], [], 'permit', 'authenticated'],
    ['a role: somebody who holds a role called *', ['all'], ['*', '**'], 'deny', 'role-missing'],
  ])('%s', async (_, roles, held, decision, reason) => {
    const constraint = roles === undefined ? { path: '/secure/*' } : { path: '/secure/*', roles };
    expect(await decide([constraint], { roles: held })).toEqual({ decision, reason });
  });

  it('takes * for the roles that the constraints of the application name', async () => {
    const constraints = [
      { path: '/secure/*', roles: ['*'] },
      { path: '/other', roles: ['AB'] },
    ];
    expect(await decide(constraints, { roles: ['AB'] })).toMatchObject({ decision: 'permit', reason: 'role AB' });
    expect(await decide(constraints, { roles: ['all'] })).toMatchObject({ decision: 'deny', reason: 'role-missing' });
  });

  it('adds up the roles of constraints with the same pattern', async () => {
    const constraints = [
      { path: '/secure/*', roles: ['A'] },
      { path: '/secure/*', roles: ['all'] },
    ];
    expect(await decide(constraints)).toMatchObject({ decision: 'permit', reason: 'role all' });
  });

  it('lets everybody in where one of them names no roles', async () => {
    const constraints = [{ path: '/secure/*', roles: ['A'] }, { path: '/secure/*' }];
    expect(await decide(constraints, { roles: undefined })).toMatchObject({ decision: 'permit', reason: 'open' });
  });

  it('lets nobody in where one of them allows nobody', async () => {
    const constraints = [{ path: '/secure/*' }, { path: '/secure/*', roles: [] }];
    expect(await decide(constraints)).toMatchObject({ decision: 'deny', reason: 'excluded' });
  });

  it('says which line of configuration decided', async () => {
    const place = { file: 'gatehouse.yaml', line: 31 };
    expect((await decide([{ path: '/secure/*', roles: ['AB'], place }])).place).toEqual(place);
  });
});

describe('methods', () => {
  const constraints = [
    { path: '/secure/*', roles: ['all'], methods: ['GET'] },
    { path: '/secure/*', roles: ['admin'], methods: ['POST'] },
  ];

  it('have the constraints that name them', async () => {
    expect(await decide(constraints, { method: 'GET' })).toMatchObject({ decision: 'permit' });
    expect(await decide(constraints, { method: 'POST' })).toMatchObject({ decision: 'deny', reason: 'role-missing' });
  });

  it.each(['HEAD', 'DELETE', 'get', 'MADE-UP'])('%s, which none of them names, is denied', async (method) => {
    const answer = await decide(constraints, { method, roles: ['all', 'admin'] });
    expect(answer).toMatchObject({ decision: 'deny', reason: 'method-not-covered' });
  });
});

describe('transport', () => {
  const confidential = { path: '/secure/*', roles: ['all'], transport: 'confidential' } as const;

  it('is demanded before anybody is asked to log in', async () => {
    const answer = await decide([confidential], { confidential: false, roles: undefined });
    expect(answer).toEqual({ decision: 'deny', reason: 'transport' });
  });

  it('is demanded of a page that is open to all', async () => {
    const open = { path: '/secure/*', transport: 'confidential' } as const;
    expect(await decide([open], { confidential: false })).toMatchObject({ decision: 'deny', reason: 'transport' });
    expect(await decide([open], { confidential: true })).toMatchObject({ decision: 'permit' });
  });

  it('is not demanded where a constraint of the same pattern does without', async () => {
    const answer = await decide([confidential, { path: '/secure/*', roles: ['all'] }], { confidential: false });
    expect(answer).toMatchObject({ decision: 'permit' });
  });
});

describe('a path that is not normalised', () => {
  const open = [{ path: '/*' }];

  it.each([
    '',
    'secure',
    '//',
    '/a//b',
    '/a/../b',
    '/..',
    '/a/..',
    '/./a',
    '/.',
    '/a/.',
    '/a;b',
    '/a;jsessionid=1/b',
    '/a\\b',
    '/a\0',
    '/a\nb',
    '/\u0085',
  ])('%j is denied', async (path) => {
    expect(await decide(open, { path })).toEqual({ decision: 'deny', reason: 'malformed-path' });
  });

  it.each(['/', '/a', '/a/', '/a..b', '/...', '/.well-known/x', '/a/..b/c', '/ä/\u{1f600}', '/a b', '/a%2e'])(
    '%j is not taken for one',
    async (path) => {
      expect(await decide(open, { path })).toMatchObject({ decision: 'permit' });
    },
  );

  it('never gets past a constraint that its normal form falls under', async () => {
    const closed = createPathConstraints([{ path: '/secure/*', roles: ['admin'] }]);
    const segment = fc.constantFrom('secure', '.', '..', '', 'x', 'secure;v=1', 'secure\\', '\\..');
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 5 }), async (segments) => {
        const path = `/${segments.join('/')}`;
        const normal = new URL(path.replaceAll(/;[^/]*/g, '').replaceAll(/[\\/]+/g, '/'), 'http://localhost').pathname;
        const answer = await closed.authorize(requestOf({ path }));
        if (/^\/secure(\/|$)/.test(normal)) expect(answer.decision).toBe('deny');
      }),
      { numRuns: 500 },
    );
  });
});
