import { describe, expect, it } from 'vitest';
import { buildSubject } from '../../src/engine/subject-builder.ts';
import type { Principal } from '../../src/spi/subject.ts';

const user = (name: string): Principal => ({ name, type: 'user' });

describe('the Subject of a stack', () => {
  it('is nobody when no module named anybody', () => {
    expect(buildSubject([{ roles: ['all'] }, {}])).toBeUndefined();
  });

  it('has the caller name of the first module that committed an identity', () => {
    const subject = buildSubject([{ roles: ['x'] }, { identity: user('eric') }, { identity: user('anna') }]);
    expect(subject?.callerPrincipal).toEqual(user('eric'));
    expect(subject?.principals).toEqual([user('eric'), user('anna')]);
  });

  it('has the name in the CallerPrincipal group of that module instead of its identity', () => {
    const subject = buildSubject([{ identity: user('eric'), callerPrincipal: user('Eric the Red') }]);
    expect(subject?.callerPrincipal).toEqual(user('Eric the Red'));
    expect(subject?.principals).toEqual([user('eric')]);
  });

  it('has nothing of the CallerPrincipal group of a later module', () => {
    const subject = buildSubject([{ identity: user('eric') }, { callerPrincipal: user('root') }]);
    expect(subject?.callerPrincipal).toEqual(user('eric'));
  });

  it('repeats no principal, and keeps names of different types apart', () => {
    const kerberos: Principal = { name: 'eric', type: 'kerberos' };
    const subject = buildSubject([{ identity: user('eric') }, { identity: kerberos }, { identity: user('eric') }]);
    expect(subject?.principals).toEqual([user('eric'), kerberos]);
  });

  it('has the roles of all modules in order, without repetition', () => {
    const subject = buildSubject([{ identity: user('eric'), roles: ['b', 'a'] }, { roles: ['c', 'a'] }]);
    expect(subject?.roles).toEqual(['b', 'a', 'c']);
  });

  it('lacks the roles that a later module removed', () => {
    const subject = buildSubject([
      { identity: user('eric'), roles: ['a', 'b'] },
      { roles: ['c'], removedRoles: ['a'] },
    ]);
    expect(subject?.roles).toEqual(['b', 'c']);
  });

  it('lacks a role that one module both added and removed', () => {
    const subject = buildSubject([
      { identity: user('eric'), roles: ['a'] },
      { roles: ['a', 'b'], removedRoles: ['a'] },
    ]);
    expect(subject?.roles).toEqual(['b']);
  });

  it('has a role again that a module adds after another removed it', () => {
    const subject = buildSubject([{ identity: user('eric'), roles: ['a'] }, { removedRoles: ['a'] }, { roles: ['a'] }]);
    expect(subject?.roles).toEqual(['a']);
  });

  it('has groups and attributes of all modules merged by name', () => {
    const subject = buildSubject([
      { identity: user('eric'), groups: { G: ['1'] }, attributes: { mail: ['a@example.com'] } },
      { groups: { G: ['2', '1'], H: ['3'] }, attributes: { mail: ['b@example.com'] } },
    ]);
    expect(subject?.groups).toEqual({ G: ['1', '2'], H: ['3'] });
    expect(subject?.attributes).toEqual({ mail: ['a@example.com', 'b@example.com'] });
  });

  it('keeps a group that is named like a property of all objects as a group', () => {
    const groups = Object.fromEntries([['__proto__', ['admin']]]);
    const subject = buildSubject([{ identity: user('eric'), groups }]);
    expect(Object.entries(subject?.groups ?? {})).toEqual([['__proto__', ['admin']]]);
  });
});
