/** @module The constraints against a brute-force reading of Servlet 3.1 §12.1 and §13.8: every pattern tried on every path. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPathConstraints, type PathConstraint } from '../../src/engine/authorization.ts';

/** 0: no match. A match of a higher rank wins; among prefixes the longest. */
function rank(pattern: string, path: string): number {
  if (pattern === '/') return 1;
  if (pattern.startsWith('*.')) return path.slice(path.lastIndexOf('/')).endsWith(pattern.slice(1)) ? 2 : 0;
  if (!pattern.endsWith('/*')) return pattern === path ? 1000 : 0;
  const prefix = pattern.slice(0, -2);
  return path === prefix || path.startsWith(`${prefix}/`) ? 3 + prefix.length : 0;
}

function permitted(constraints: readonly PathConstraint[], path: string, method: string, roles?: readonly string[]) {
  const best = Math.max(0, ...constraints.map((one) => rank(one.path, path)));
  if (best === 0) return true;
  const selected = constraints.filter((one) => rank(one.path, path) === best);
  const applying = selected.filter((one) => one.methods === undefined || one.methods.includes(method));
  if (applying.length === 0) return false;
  if (applying.some((one) => one.roles?.length === 0)) return false;
  if (applying.some((one) => one.roles === undefined)) return true;
  if (roles === undefined) return false;
  return applying.some((one) => one.roles?.includes('**') === true || roles.some((role) => one.roles?.includes(role)));
}

const pattern = fc.constantFrom('/', '/*', '/a', '/a/*', '/a/b/*', '/a/b', '/a/x.do', '*.do', '*.b');
const method = fc.constantFrom('GET', 'POST', 'PUT');
const constraint: fc.Arbitrary<PathConstraint> = fc
  .record({
    path: pattern,
    roles: fc.option(fc.subarray(['r', 's', '**']), { nil: undefined }),
    methods: fc.option(fc.subarray(['GET', 'POST'], { minLength: 1 }), { nil: undefined }),
  })
  .map(({ path, roles, methods }) => ({
    path,
    ...(roles === undefined ? {} : { roles }),
    ...(methods === undefined ? {} : { methods }),
  }));
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'x.do', 'x.b', 'do'), { maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`);

it('permit what trying every pattern permits, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(constraint, { maxLength: 6 }),
      path,
      method,
      fc.option(fc.subarray(['r', 's', 't']), { nil: undefined }),
      (constraints, asked, verb, roles) => {
        const request = { application: 'x', path: asked, method: verb, confidential: true, roles };
        const { decision } = createPathConstraints(constraints).authorize(request);
        expect(decision === 'permit').toBe(permitted(constraints, asked, verb, roles));
      },
    ),
    { numRuns: 2000 },
  );
});
