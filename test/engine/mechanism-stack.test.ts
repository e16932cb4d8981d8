/** @module Mechanisms under control flags: which are asked, what counts, and whom a request is from then. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlagState, initialFlagState, nextAfter, verdict } from '../../src/engine/control-flags.ts';
import { createMechanismStack, type MechanismEntry } from '../../src/engine/mechanism-stack.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { HttpMechanism, MechanismResult } from '../../src/spi/http-mechanism.ts';
import { type ControlFlag, controlFlags } from '../../src/spi/login-module.ts';
import type { LoginRequest, LoginResult, SecurityDomain } from '../../src/spi/security-domain.ts';
import { plainRequest } from '../conformance/http-mechanism.ts';
import { decisionTrace } from '../support/decision-trace.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { never, passwordOf } from './fake-modules.ts';

type Find = MechanismResult | (() => Promise<MechanismResult>);

const nothing: MechanismResult = { status: 'not-attempted' };
const broken: MechanismResult = { status: 'malformed', note: 'broken' };
const shows = (name: string, password = 'good'): MechanismResult => ({
  status: 'evidence',
  evidence: passwordOf(name, password),
});

function mechanism(name: string, find: Find, more: Partial<HttpMechanism> = {}) {
  const asked: string[] = [];
  const evaluate = async () => {
    asked.push(name);
    return typeof find === 'function' ? find() : find;
  };
  return { asked, mechanism: { name, evaluate, challenge: () => undefined, ...more } as HttpMechanism };
}

/** Lets in whoever has the password `good`, as who stands before a slash, with a role of the name; asks for more with `more`. */
function domain(name = 'd') {
  const logins: LoginRequest[] = [];
  const made: SecurityDomain = {
    name,
    async login(evidence, request): Promise<LoginResult> {
      logins.push(request);
      if (evidence.kind !== 'password') throw new Error(evidence.kind);
      const trace = decisionTrace({ id: `D-${evidence.username}` });
      const password = evidence.password.reveal();
      if (password === 'more') return { status: 'challenge', challenge: { kind: 'one-time-code' }, trace };
      if (password !== 'good') return { status: 'denied', reason: 'rejected', trace };
      const [person = ''] = evidence.username.split('/');
      if ((request.samePrincipal ?? person) !== person) return { status: 'denied', reason: 'rejected', trace };
      const callerPrincipal = { name: person, type: 'user' } as const;
      const roles = [`role of ${evidence.username}`];
      const subject = { callerPrincipal, principals: [callerPrincipal], roles, groups: {}, attributes: {} };
      return { status: 'authenticated', subject, replies: [], trace };
    },
    close: async () => undefined,
  };
  return { domain: made, logins };
}

const place = { file: 'gatehouse.yaml', line: 1 };

function open(entries: readonly (readonly [ControlFlag, ...HttpMechanism[]])[]) {
  const clock = createFakeClock();
  const { domain: decides, logins } = domain();
  const made = entries.map(([flag, ...mechanisms]): MechanismEntry => ({ flag, mechanisms, domain: decides, place }));
  const stack = createMechanismStack({ domain: 'd', entries: made, timers: clock.timers, deadlineMs: 100 });
  const begin = () => stack.begin(plainRequest());
  return { clock, logins, stack, begin, ask: () => begin().authenticate(() => ({ sourceAddress: '192.0.2.1' })) };
}

const flagged = (flag: ControlFlag, name: string, find: Find) => [flag, mechanism(name, find).mechanism] as const;

describe('a list of mechanisms', () => {
  it('takes the first that finds something', async () => {
    const later = mechanism('C', shows('carl'));
    const { ask } = open([
      ['required', mechanism('A', nothing).mechanism, mechanism('B', shows('bob')).mechanism, later.mechanism],
    ]);
    expect(await ask()).toMatchObject({ status: 'decided', mechanism: 'B', result: { status: 'authenticated' } });
    expect(later.asked).toEqual([]);
  });

  it('asks nobody after something malformed', async () => {
    const later = mechanism('B', shows('bob'));
    const { ask } = open([['required', mechanism('A', broken).mechanism, later.mechanism]]);
    expect(await ask()).toEqual({ status: 'malformed', mechanism: 'A', note: 'broken' });
    expect(later.asked).toEqual([]);
  });

  it('looks last at what comes with the connection unasked', async () => {
    const cert = mechanism('CERT', shows('carl'), { ambient: true }).mechanism;
    const { ask, begin } = open([['required', cert, mechanism('FORM', shows('bob')).mechanism]]);
    expect(await ask()).toMatchObject({ mechanism: 'FORM' });
    expect(await begin().isAsked()).toBe(true);
  });

  it('says that nothing was asked where only the connection shows something', async () => {
    const cert = mechanism('CERT', shows('carl'), { ambient: true }).mechanism;
    const { begin } = open([['required', cert, mechanism('FORM', nothing).mechanism]]);
    const run = begin();
    expect(await run.isAsked()).toBe(false);
    expect(await run.authenticate(() => ({ sourceAddress: '::1' }))).toMatchObject({ mechanism: 'CERT' });
  });

  it('authenticates nobody where nothing is', async () => {
    expect(await open([flagged('required', 'A', nothing)]).ask()).toEqual({ status: 'none' });
  });

  it('asks each mechanism once in a request', async () => {
    const one = mechanism('A', shows('anna'));
    const run = open([['required', one.mechanism]]).begin();
    await run.isAsked();
    await run.authenticate(() => ({ sourceAddress: '::1' }));
    expect(one.asked).toEqual(['A']);
  });
});

describe('mechanisms under flags', () => {
  it('end with a sufficient one that is accepted', async () => {
    const form = mechanism('FORM', shows('bob'));
    const { ask, logins } = open([flagged('sufficient', 'CERT', shows('carl')), ['required', form.mechanism]]);
    expect(await ask()).toMatchObject({ mechanism: 'CERT', result: { subject: { roles: ['role of carl'] } } });
    expect([form.asked, logins.length]).toEqual([[], 1]);
  });

  it('go on after a sufficient one that is refused', async () => {
    const { ask } = open([
      flagged('sufficient', 'CERT', shows('carl', 'bad')),
      flagged('required', 'FORM', shows('bob')),
    ]);
    expect(await ask()).toMatchObject({ mechanism: 'FORM', result: { status: 'authenticated' } });
  });

  it('add up where two are required of one person', async () => {
    const { ask } = open([flagged('required', 'CERT', shows('carl')), flagged('required', 'FORM', shows('carl/form'))]);
    const answer = await ask();
    expect(answer).toMatchObject({
      mechanism: 'CERT',
      result: {
        subject: { callerPrincipal: { name: 'carl' }, roles: ['role of carl', 'role of carl/form'] },
        trace: { id: 'D-carl/form' },
      },
    });
  });

  it('refuse a required one of somebody else than the one before', async () => {
    const { ask } = open([flagged('required', 'CERT', shows('carl')), flagged('required', 'FORM', shows('bob'))]);
    expect(await ask()).toMatchObject({ mechanism: 'FORM', result: { status: 'denied', trace: { id: 'D-bob' } } });
  });

  it('add nothing of somebody else whom only an optional one has proved', async () => {
    for (const order of [[0, 1] as const, [1, 0] as const]) {
      const entries = [flagged('optional', 'CERT', shows('carl')), flagged('required', 'FORM', shows('bob'))] as const;
      const answer = await open(order.map((at) => entries[at])).ask();
      expect(answer).toMatchObject({
        mechanism: 'FORM',
        result: { subject: { callerPrincipal: { name: 'bob' }, roles: ['role of bob'] } },
      });
    }
  });

  it('let nobody in who leaves out one that is required', async () => {
    const { ask } = open([flagged('required', 'CERT', shows('carl')), flagged('required', 'FORM', nothing)]);
    expect(await ask()).toEqual({ status: 'none' });
  });

  it('ask nobody after a requisite one that finds nothing', async () => {
    const form = mechanism('FORM', shows('bob'));
    const { ask } = open([flagged('requisite', 'CERT', nothing), ['required', form.mechanism]]);
    expect([await ask(), form.asked]).toEqual([{ status: 'none' }, []]);
  });

  it('refuse what a required one refuses, whatever an optional one says', async () => {
    const { ask } = open([
      flagged('required', 'FORM', shows('bob', 'bad')),
      flagged('optional', 'CERT', shows('carl')),
    ]);
    expect(await ask()).toMatchObject({ mechanism: 'FORM', result: { status: 'denied', trace: { id: 'D-bob' } } });
  });

  it('unlike in JBoss authenticate nobody where all are optional and none finds anything (jboss-facts §4.8)', async () => {
    const { ask } = open([flagged('optional', 'CERT', nothing), flagged('optional', 'FORM', nothing)]);
    expect(await ask()).toEqual({ status: 'none' });
  });

  it('stop at a login that needs one more leg', async () => {
    const later = mechanism('B', shows('bob'));
    const { ask } = open([flagged('required', 'FORM', shows('anna', 'more')), ['required', later.mechanism]]);
    expect(await ask()).toMatchObject({ mechanism: 'FORM', result: { status: 'challenge' } });
    expect(later.asked).toEqual([]);
  });

  it('take what was read in an earlier leg for what the mechanism finds', async () => {
    const { stack } = open([flagged('required', 'FORM', nothing)]);
    const run = stack.begin(plainRequest(), { mechanism: 'FORM', evidence: passwordOf('anna', 'good') });
    expect(await run.authenticate(() => ({ sourceAddress: '::1' }))).toMatchObject({
      result: { status: 'authenticated' },
    });
  });

  it('leave in the trace what each of them found, with its line', async () => {
    const { ask, logins } = open([
      flagged('sufficient', 'CERT', shows('carl', 'bad')),
      flagged('optional', 'BASIC', nothing),
      flagged('required', 'FORM', shows('bob')),
    ]);
    await ask();
    expect(logins.at(-1)?.mechanisms).toEqual([
      { mechanism: 'CERT', flag: 'sufficient', outcome: 'failed', decision: 'D-carl', place },
      { mechanism: 'BASIC', flag: 'optional', outcome: 'not-attempted', place },
      { mechanism: 'FORM', flag: 'required', outcome: 'evidence', place },
    ]);
  });

  it('add the fields of each that was accepted to the answer', async () => {
    const complete = (name: string) => async () => ({ [name]: 'done' });
    const { ask } = open([
      ['required', mechanism('A', shows('anna'), { complete: complete('a') }).mechanism],
      ['required', mechanism('B', shows('anna'), { complete: complete('b') }).mechanism],
      ['optional', mechanism('C', shows('carl', 'bad'), { complete: complete('c') }).mechanism],
    ]);
    const answer = await ask();
    expect(answer.status === 'decided' && (await answer.complete())).toEqual({ a: 'done', b: 'done' });
  });
});

describe('a mechanism that cannot answer', () => {
  const away = async (): Promise<never> => {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'away');
  };

  it('is passed by where another one suffices', async () => {
    const { ask } = open([flagged('sufficient', 'SPNEGO', away), flagged('sufficient', 'FORM', shows('bob'))]);
    expect(await ask()).toMatchObject({ mechanism: 'FORM' });
  });

  it('is what the request fails with where it decides', async () => {
    await expect(open([flagged('required', 'SPNEGO', away)]).ask()).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });

  it('is waited for no longer than its deadline', async () => {
    const { ask, clock } = open([flagged('required', 'SPNEGO', never)]);
    const asking = ask();
    clock.advance(100);
    await expect(asking).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
  });

  it('has a bug when it throws anything else, whatever its flag', async () => {
    const bug = async (): Promise<never> => {
      throw new TypeError('bug');
    };
    await expect(open([flagged('optional', 'X', bug), flagged('required', 'F', shows('b'))]).ask()).rejects.toThrow(
      'bug',
    );
  });
});

/** The table of JAAS over what each entry comes to, with nothing found counted as a failure where it is required. */
it('grants what the table of control flags grants, and nothing else', async () => {
  const finds = { accepted: shows('anna'), refused: shows('anna', 'bad'), broken, nothing };
  const entry = fc.record({
    flag: fc.constantFrom(...controlFlags),
    find: fc.constantFrom('accepted', 'refused', 'broken', 'nothing'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 5 }), async (entries) => {
      let state: FlagState = initialFlagState;
      for (const [position, { flag, find }] of entries.entries()) {
        const needed = flag === 'required' || flag === 'requisite';
        const missing = find === 'nothing' && !needed ? 'ignored' : 'failed';
        state = nextAfter(state, flag, find === 'accepted' ? 'succeeded' : missing, position);
        if (state.ended) break;
      }
      const { ask } = open(entries.map(({ flag, find }, index) => flagged(flag, `M${index}`, finds[find])));
      const answer = await ask();
      const granted = answer.status === 'decided' && answer.result.status === 'authenticated';
      expect(granted).toBe(verdict(state).granted);
    }),
    { numRuns: 300 },
  );
});
