/** @module The file of a policy test: read strictly, every problem with its line, no secret in a message. */
import { describe, expect, it } from 'vitest';
import { loadPolicyTests } from '../../src/config/policy-tests.ts';

const secrets = {
  environment: { PASSWORD: 'hunter2' },
  readSecretFile: () => ({ problem: 'none here' }),
};
const load = (text: string) => loadPolicyTests(text, 'policy.test.yaml', secrets);
const problemsOf = (text: string) => {
  const result = load(text);
  return result.status === 'refused' ? result.problems.map(({ line, message }) => `${line}: ${message}`) : [];
};
const one = (more: string) => `tests:\n  - name: x\n    ${more}\n`;

describe('a file of policy tests', () => {
  it('gives its cases with their lines, defaults and secrets filled in', () => {
    const text = one(
      `domain: d\n    user: eric\n    password: '\${env:PASSWORD}'\n    expect: { status: authenticated }`,
    );
    expect(load(text)).toMatchObject({
      status: 'loaded',
      cases: [{ line: 2, password: 'hunter2', path: '/', method: 'GET', from: '127.0.0.1', http: false }],
    });
  });

  it('says where a name is misspelt, and what was meant', () => {
    expect(problemsOf(one('domain: d\n    anonymous: true\n    expect: { statsu: denied }'))).toEqual([
      '5: expects nothing',
      '5: unknown name; did you mean "status"?',
    ]);
  });

  it.each([
    ['user: eric\n    domain: d\n    expect: { status: denied }', 'goes with password or assume-password'],
    ['domain: d\n    assume-password: true\n    expect: { status: denied }', 'needs a user'],
    [
      'domain: d\n    user: e\n    password: p\n    anonymous: true\n    expect: { status: denied }',
      'shows more than one of',
    ],
    ['domain: d\n    expect: { status: denied }', 'shows nothing and asks no app'],
    ['anonymous: true\n    expect: { status: denied }', 'needs a domain or an app'],
    ['domain: d\n    anonymous: true\n    expect: {}', 'expects nothing'],
    ['domain: d\n    anonymous: true\n    expect: { access: permit }', 'asks none'],
    ['app: a\n    expect: { status: denied }', 'who makes none'],
    ['app: a\n    path: x\n    expect: { access: deny }', 'must begin with /'],
    ['domain: d\n    anonymous: true\n    from: here\n    expect: { status: denied }', 'must be an IP address'],
    ['domain: d\n    anonymous: true\n    at: noon\n    expect: { status: denied }', 'must be an instant'],
  ])('refuses %j', (more, message) => {
    expect(problemsOf(one(more)).join('\n')).toContain(message);
  });

  it('quotes no secret', () => {
    const result = JSON.stringify(
      load(one(`domain: d\n    from: '\${env:PASSWORD}'\n    anonymous: true\n    expect: {}`)),
    );
    expect(result).toContain('refused');
    expect(result).not.toContain('hunter2');
  });

  it.each(['', '[', 'tests: []', 'tests: 1', 'x: 1'])('refuses %j', (text) => {
    expect(load(text).status).toBe('refused');
  });
});
