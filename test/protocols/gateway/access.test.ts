/** @module Who gets through the gateway, who is asked to sign in, and how. */
import { describe, expect, it } from 'vitest';
import { type Answer, basicField, deniedDecision, ssoCookie, start } from './gateway-fixture.ts';

const asked = { mechanisms: ['BASIC'] } as const;

/** What the browser would send back of an answer. */
function cookiesOf(answer: Answer): string {
  return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ');
}

describe('an open path', () => {
  it('is passed on with nobody named', async () => {
    const { seen } = await start();
    expect((await seen('/sampleApp1/open')).headers).not.toHaveProperty('x-remote-user');
  });

  it('names whoever is signed in', async () => {
    const { seen, signIn } = await start();
    const { headers } = await seen('/sampleApp1/open', { headers: { cookie: await signIn(['x']) } });
    expect(headers).toMatchObject({ 'x-remote-user': 'eric', 'x-remote-roles': 'x' });
  });

  it('is refused to a wrong password all the same', async () => {
    const { send } = await start(asked);
    const answer = await send('/sampleApp1/open', { headers: { authorization: basicField('eric', 'wrong') } });
    expect(answer.status).toBe(401);
  });
});

describe('the context path without a slash', () => {
  it('leads to the one with a slash', async () => {
    const { send } = await start();
    const answer = await send('/sampleApp1?a=b');
    expect([answer.status, answer.headers.location]).toEqual([307, '/sampleApp1/?a=b']);
  });
});

describe('a session', () => {
  it('with the role lets through', async () => {
    const { seen, signIn } = await start();
    const { headers } = await seen('/sampleApp1/secure/a', { headers: { cookie: await signIn(['all', 'AB']) } });
    expect(headers).toMatchObject({ 'x-remote-user': 'eric', 'x-remote-roles': 'all,AB' });
  });

  it('is joined by the application, once', async () => {
    const { seen, signIn, sessions, clock, application } = await start();
    const cookie = await signIn(['AB']);
    const firstAt = clock.now();
    await seen('/sampleApp1/secure/a', { headers: { cookie } });
    clock.advance(1000);
    await seen('/sampleApp1/secure/b', { headers: { cookie } });
    const entry = await sessions.find(cookie.slice(ssoCookie.length + 1));
    expect(entry?.participants).toEqual([{ kind: 'application', name: application.name, joinedAt: firstAt }]);
  });

  it('without the role is refused, and the refusal is on record under the id on the page', async () => {
    const { send, signIn, events } = await start();
    const answer = await send('/sampleApp1/admin/a', { headers: { cookie: await signIn(['AB']) } });
    expect(answer.status).toBe(403);
    const refusal = events.find(({ type }) => type === 'authorization');
    expect(refusal).toMatchObject({
      outcome: 'failure',
      reason: 'role-missing',
      domain: 'other',
      principal: 'eric',
      application: 'sampleApp1',
      decision: 'D1',
    });
    expect(answer.body).toContain(`Decision ${refusal?.id}`);
  });

  it('of another security domain does not count', async () => {
    const { send, signIn } = await start();
    const cookie = await signIn(['AB'], 'foreign');
    expect((await send('/sampleApp1/secure/a', { headers: { cookie } })).status).toBe(303);
  });

  it('that has ended does not count', async () => {
    const { send, signIn, clock } = await start();
    const cookie = await signIn(['AB']);
    clock.advance(60_000);
    expect((await send('/sampleApp1/secure/a', { headers: { cookie } })).status).toBe(303);
  });

  it('lets nobody to what is for nobody', async () => {
    const { send, signIn } = await start();
    const answer = await send('/sampleApp1/nobody', { headers: { cookie: await signIn(['AB', 'admin']) } });
    expect(answer.status).toBe(403);
  });
});

describe('without a session, FORM', () => {
  it('goes through the sign-in page back to the path and query that were asked for', async () => {
    const { send, seen } = await start();
    const parked = await send('/sampleApp1/secure/%61?x=%2F&y');
    const key = cookiesOf(parked);
    const login = await send(String(parked.headers.location), { headers: { cookie: key } });
    const csrf = /name="csrf" value="([^"]+)"/.exec(login.body)?.[1] ?? '';
    const signedIn = await send(String(parked.headers.location), {
      method: 'POST',
      headers: { cookie: key, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf, j_username: 'ann', j_password: 'right' }).toString(),
    });
    const cookie = cookiesOf(signedIn);
    const resumed = await send(String(signedIn.headers.location), { headers: { cookie } });
    expect([parked.status, resumed.status]).toEqual([303, 303]);
    expect(resumed.headers.location).toBe('/sampleApp1/secure/a?x=%2F&y');
    const { url, headers } = await seen(String(resumed.headers.location), { headers: { cookie } });
    expect([url, headers['x-remote-user']]).toEqual(['/sampleApp1/secure/a?x=%2F&y', 'ann']);
  });

  it('parks no POST, whose body would be lost', async () => {
    const { send } = await start();
    const answer = await send('/sampleApp1/secure/a', { method: 'POST', body: 'x' });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/Decision [0-9A-Z]{26}/);
  });
});

describe('BASIC', () => {
  it('is asked for with a page that names the refusal on record', async () => {
    const { send, events } = await start(asked);
    const answer = await send('/sampleApp1/secure/a');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="Gatehouse", charset="UTF-8"',
    ]);
    const refusal = events.find(({ type }) => type === 'authorization');
    expect(refusal?.reason).toBe('not-authenticated');
    expect(answer.body).toContain(`Decision ${refusal?.id}`);
  });

  it('lets through, names the user, and is not passed on', async () => {
    const { seen } = await start(asked);
    const { headers } = await seen('/sampleApp1/secure/a', { headers: { authorization: basicField('ann', 'right') } });
    expect(headers).toMatchObject({ 'x-remote-user': 'ann', 'x-remote-roles': 'AB' });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('begins no session', async () => {
    const { send, events } = await start(asked);
    const answer = await send('/sampleApp1/secure/a', { headers: { authorization: basicField('ann', 'right') } });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(events.map(({ type }) => type)).not.toContain('session-begun');
  });

  it('wins over the session', async () => {
    const { seen, signIn } = await start(asked);
    const { headers } = await seen('/sampleApp1/secure/a', {
      headers: { authorization: basicField('ann', 'right'), cookie: await signIn(['AB']) },
    });
    expect(headers['x-remote-user']).toBe('ann');
  });

  it('with a wrong password is asked for anew, naming the decision of the login', async () => {
    const { send, signIn } = await start(asked);
    const headers = { authorization: basicField('ann', 'wrong'), cookie: await signIn(['AB']) };
    const answer = await send('/sampleApp1/secure/a', { headers });
    expect([answer.status, answer.headers['www-authenticate'] !== undefined]).toEqual([401, true]);
    expect(answer.body).toContain(`Decision ${deniedDecision}`);
  });

  it('that is malformed is asked for anew and no session speaks for it', async () => {
    const { send, signIn, events } = await start(asked);
    const answer = await send('/sampleApp1/secure/a', {
      headers: { authorization: 'Basic %', cookie: await signIn(['AB']) },
    });
    expect(answer.status).toBe(401);
    expect(events.at(-1)?.reason).toBe('malformed-evidence');
  });

  it('is not possible while nobody can be asked', async () => {
    const { send } = await start(asked);
    const answer = await send('/sampleApp1/secure/a', { headers: { authorization: basicField('ann', 'away') } });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
  });

  it('before FORM leads to the sign-in page too', async () => {
    const { send } = await start({ mechanisms: ['BASIC', 'FORM'] });
    const answer = await send('/sampleApp1/secure/a');
    expect(answer.status).toBe(401);
    expect(answer.body).toMatch(/<a href="\/login\/[A-Za-z0-9_-]{43,}">/);
  });

  it('after FORM is not asked for in a GET', async () => {
    const { send } = await start({ mechanisms: ['FORM', 'BASIC'] });
    const answer = await send('/sampleApp1/secure/a');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([303, undefined]);
  });

  it('after FORM is asked for in a POST', async () => {
    const { send } = await start({ mechanisms: ['FORM', 'BASIC'] });
    expect((await send('/sampleApp1/secure/a', { method: 'POST' })).status).toBe(401);
  });

  it('from afar and in the clear is refused without a challenge', async () => {
    const { send } = await start(asked);
    const answer = await send('/sampleApp1/secure/a', { headers: { 'x-forwarded-for': '192.0.2.7' } });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([403, undefined]);
  });
});
