/** @module The plain sentences about a decision: one test a reason that support asks about. */
import { describe, expect, it } from 'vitest';
import { denialReasons } from '../../src/engine/authorization.ts';
import { explainEvent, explainTrace } from '../../src/engine/explain.ts';
import { authorizationStory, loginStory } from '../../src/engine/explain-story.ts';
import { kerberosFailures } from '../../src/spi/kerberos-acceptor.ts';
import { failureReasons } from '../../src/spi/login-module.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { decisionTrace, moduleStep } from '../support/decision-trace.ts';

const refusedBy = (reason: string) =>
  decisionTrace({
    decidedBy: `required UsersRoles failed: ${reason}`,
    modules: [moduleStep({ outcome: 'failed', reason, principals: [], roles: [] })],
  });
const around = { principal: 'eric', sourceAddress: '192.0.2.7', application: 'wiki' };

describe('the story of a login', () => {
  it('says who, where, when, from where, on the way to what, why, and by which line', () => {
    expect(loginStory(refusedBy('bad-credential'), around).sentence).toBe(
      'Somebody who gave the name eric was refused by the security domain other on 2026-01-01 at 00:00:00 UTC, coming from 192.0.2.7 on the way to wiki: the module UsersRoles (gatehouse.yaml:12) knows the user and does not accept the password or credential.',
    );
  });

  it('tells an unknown user from a wrong password', () => {
    const { sentence, advice } = loginStory(refusedBy('unknown-user'), around);
    expect(sentence).toContain('knows no user of that name');
    expect(advice?.means).toContain('No password can help');
  });

  it.each([...failureReasons])('has advice on %s', (reason) => {
    expect(loginStory(refusedBy(reason), around).advice).toEqual({
      means: expect.any(String),
      next: expect.not.stringContaining('{'),
    });
  });

  it.each(kerberosFailures)('tells what a token was refused for: %s', (failure) => {
    const reason = `bad-credential: ${failure} (seconds 412)`;
    const trace = decisionTrace({
      decidedBy: 'requisite SPNEGO failed: bad-credential',
      modules: [moduleStep({ code: 'SPNEGO', name: 'SPNEGO', flag: 'requisite', outcome: 'failed', reason })],
    });
    const { sentence, advice } = loginStory(trace, {});
    expect(sentence).not.toContain('password or credential');
    expect(advice).toEqual({ means: expect.any(String), next: expect.any(String) });
  });

  it('says that a locked-out password may have been right', () => {
    const trace = decisionTrace({ decidedBy: 'lock-out: too many failures from this address' });
    const { sentence, advice } = loginStory(trace, around);
    expect(sentence).toContain('no module was asked');
    expect(advice?.means).toContain('may have been right');
  });

  it('says that a store that is down says nothing about the password', () => {
    const trace = decisionTrace({
      outcome: 'unavailable',
      decidedBy: 'required UsersRoles could not be asked: ERR_STORE_UNAVAILABLE',
      modules: [moduleStep({ outcome: 'unavailable', reason: 'ERR_STORE_UNAVAILABLE' })],
    });
    const { sentence, advice } = loginStory(trace, around);
    expect(sentence).toContain('the module UsersRoles (gatehouse.yaml:12) could not be asked');
    expect(advice?.means).toContain('nothing about the password');
  });

  it('names the module that decided and not another one whose name begins alike', () => {
    const steps = ['Ldap', 'Ldap two'].map((name) => moduleStep({ name, outcome: 'failed', reason: 'unknown-user' }));
    const trace = decisionTrace({ decidedBy: 'required Ldap two (UsersRoles) failed: unknown-user', modules: steps });
    expect(loginStory(trace, {}).sentence).toContain('the module Ldap two ');
  });

  const alternatives = (...said: readonly (readonly [string, string])[]) =>
    decisionTrace({
      decidedBy: `sufficient ${said[0]?.[0]} failed: ${said[0]?.[1]}`,
      modules: said.map(([code, reason]) =>
        moduleStep({ name: code, code, flag: 'sufficient', outcome: 'failed', reason, principals: [], roles: [] }),
      ),
    });

  it('names every module that would have been enough, and advises on the one that was nearest', () => {
    const trace = alternatives(['RealmDirect', 'unknown-user'], ['SimpleUsers', 'bad-credential']);
    const { sentence, advice } = loginStory(trace, around);
    expect(sentence).toMatch(
      /no module accepted the login: RealmDirect \(gatehouse\.yaml:12\) knows no user of that name; SimpleUsers \(gatehouse\.yaml:12\) knows the user and does not accept the password or credential\.$/,
    );
    expect(advice?.means).toContain('only the password, code or certificate was wrong');
  });

  it('says that no password can help only where no alternative knows the user', () => {
    const trace = alternatives(['Ldap', 'unknown-user'], ['SimpleUsers', 'unknown-user']);
    expect(loginStory(trace, around).advice?.means).toContain('the store of Ldap or SimpleUsers has no user');
  });

  it('tells of the required module alone where it decided, whatever alternatives said', () => {
    const [first, second] = alternatives(['Ldap', 'bad-credential'], ['UsersRoles', 'unknown-user']).modules;
    const modules = [first, second && { ...second, flag: 'required' as const }].filter((step) => step !== undefined);
    const trace = decisionTrace({ decidedBy: 'required UsersRoles failed: unknown-user', modules });
    expect(loginStory(trace, around).sentence).toContain(': the module UsersRoles (gatehouse.yaml:12) knows no user');
  });

  it('gives no advice on a login that went well', () => {
    expect(loginStory(decisionTrace({ outcome: 'authenticated', principal: 'eric' }), {}).advice).toBeUndefined();
  });
});

describe('the story of a request to an application', () => {
  it('says whom, what and why, and by which line', () => {
    const place = { file: 'gatehouse.yaml', line: 75 };
    const event = auditEvent({
      type: 'authorization',
      outcome: 'failure',
      reason: 'role-missing',
      principal: 'amar',
      application: 'wiki',
      path: '/secure/x',
      authorization: [{ code: 'PathConstraints', decision: 'deny', reason: 'role-missing', place }],
    });
    expect(authorizationStory(event).sentence).toMatch(
      /^amar was refused \/secure\/x of wiki on .*: none of the roles that are asked for here \(gatehouse\.yaml:75\)\.$/,
    );
  });

  it.each([...denialReasons])('has advice on %s', (reason) => {
    expect(authorizationStory(auditEvent({ type: 'authorization', outcome: 'failure', reason })).advice).toBeDefined();
  });
});

describe('an explanation', () => {
  it('shows each line of configuration once', () => {
    const trace = decisionTrace({ modules: [moduleStep(), moduleStep({ name: 'second' })] });
    const text = explainTrace(trace, { source: ({ line }) => `the text of ${line}` });
    expect(text.match(/gatehouse\.yaml:12 {2}the text of 12/g)).toHaveLength(1);
  });

  it('has colours only where it is told to', () => {
    expect(explainTrace(decisionTrace(), { color: true })).toContain('\u001b[1;31mDecision');
    expect(explainTrace(decisionTrace())).not.toContain('\u001b');
  });

  it('shows a name that would command a terminal as what it is', () => {
    const event = auditEvent({ principal: 'x\u001b[2J', trace: refusedBy('bad-credential') });
    expect(explainEvent(event)).not.toContain('\u001b');
  });
});
