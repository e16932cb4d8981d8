import { describe, expect, it } from 'vitest';
import { explainEvent, explainTrace } from '../../src/engine/explain.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { decisionTrace, moduleStep } from '../support/decision-trace.ts';

const step = moduleStep();

const trace = decisionTrace({
  outcome: 'authenticated',
  decidedBy: 'every required module succeeded',
  principal: 'eric',
  roles: ['all', 'AB', 'x'],
  modules: [
    {
      ...step,
      code: 'Remoting',
      name: 'remote',
      flag: 'optional',
      outcome: 'ignored',
      reason: 'no connection',
      ms: 0.012,
      principals: [],
      roles: [],
    },
    step,
    {
      ...step,
      code: 'RoleMapping',
      name: 'RoleMapping',
      flag: 'optional',
      stacked: true,
      principals: [],
      roles: ['x'],
      removedRoles: ['y'],
    },
  ],
  mapping: [{ type: 'role', code: 'SimpleRoles', before: [], after: ['x'] }],
  authorization: [
    { code: 'PathConstraints', decision: 'permit', reason: 'role all', place: { file: 'gatehouse.yaml', line: 31 } },
  ],
});

describe('an explanation', () => {
  it('shows the whole decision in aligned lines', () => {
    expect(explainTrace(trace)).toBe(
      [
        'Decision 01ARYZ6S41ZZZZZZZZZZZZZZZZ: authenticated',
        '',
        'eric was let in by the security domain other on 2026-01-01 at 00:00:00 UTC: every required module succeeded, with the roles all, AB, x.',
        '',
        '  decided by     every required module succeeded',
        '  when           2026-01-01T00:00:00.000Z, took 2 ms',
        '  domain         other',
        '  evidence       password, read by FORM',
        '  principal      eric',
        '  roles          all, AB, x',
        '  configuration  r1',
        '',
        'Login modules',
        '  1.  optional  remote (Remoting)  ignored              0.012 ms  gatehouse.yaml:12  no connection',
        '  2.  required  UsersRoles         succeeded            1.500 ms  gatehouse.yaml:12  principals: eric; roles: all, AB',
        '  3.  optional  RoleMapping        succeeded (stacked)  1.500 ms  gatehouse.yaml:12  roles: x; removed: y',
        '',
        'Mapping',
        '  1.  role  SimpleRoles  -  (none) -> x',
        '',
        'Authorization',
        '  1.  PathConstraints  permit  gatehouse.yaml:31  role all',
        '',
      ].join('\n'),
    );
  });

  it('leaves out what there was none of', () => {
    const { principal: _, ...nobody } = trace;
    const text = explainTrace({ ...nobody, modules: [], mapping: [], authorization: [], roles: [] });
    expect(text).not.toMatch(/principal|Login modules|Mapping|Authorization/);
  });

  it.each([
    ['denied', 'denied'],
    ['unavailable', 'denied, because a store could not be asked'],
    ['bug', 'denied, because of a bug'],
    ['challenge', 'one more leg asked for'],
  ] as const)('says in its first line that the outcome was %s', (outcome, words) => {
    expect(explainTrace({ ...trace, outcome }).split('\n')[0]).toBe(`Decision ${trace.id}: ${words}`);
  });

  it('says what was asked for', () => {
    expect(explainTrace({ ...trace, outcome: 'challenge', challenge: 'one-time-code' })).toContain(
      'asked for      one-time-code',
    );
  });

  it('shows no time for a module that was not reached', () => {
    const text = explainTrace({
      ...trace,
      modules: [{ ...step, outcome: 'not-reached', ms: 0, roles: [], principals: [] }],
    });
    expect(text).toContain('not-reached  -  gatehouse.yaml:12\n');
  });

  it('does not say of a login that it follows from itself', () => {
    const event = auditEvent({ type: 'login', decision: trace.id, trace });
    expect(explainEvent(event)).not.toContain('follows from');
  });

  it('says so when it was a dry run', () => {
    expect(explainTrace({ ...trace, dryRun: true })).toContain('dry run');
    expect(explainTrace(trace)).not.toContain('dry run');
  });

  it.each(['a\nDecision forged', '\u001b[2Jwiped', 'eric\u202egro', '\u2028x', '\u0085x'])(
    'escapes what a terminal would obey in the name %j',
    (principal) => {
      const text = explainTrace({ ...trace, principal });
      expect(text).not.toContain(principal);
      expect(text).toContain('\\u{');
      expect(text.split('\n')).toHaveLength(explainTrace(trace).split('\n').length);
    },
  );
});
