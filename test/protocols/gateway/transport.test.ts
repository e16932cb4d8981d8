/** @module Confidential transport, going on after a login, and gateways that cannot be. */
import { describe, expect, it } from 'vitest';
import { basicField, start } from './gateway-fixture.ts';

const asked = { mechanisms: ['BASIC'] } as const;

describe('confidential transport', () => {
  const secure = { httpsOrigin: 'https://sso.example.com:8443' };

  it('redirects a GET to the same path of the configured host', async () => {
    const { send } = await start(secure);
    const answer = await send('/sampleApp1/tls/%61?q=1', { headers: { host: 'evil.example' } });
    expect([answer.status, answer.headers.location]).toEqual([
      308,
      'https://sso.example.com:8443/sampleApp1/tls/a?q=1',
    ]);
  });

  it('refuses a POST', async () => {
    const { send } = await start(secure);
    const answer = await send('/sampleApp1/tls/a', { method: 'POST', body: 'x' });
    expect([answer.status, /HTTPS/.test(answer.body)]).toEqual([403, true]);
  });

  it('comes before a password is looked at', async () => {
    const { send } = await start({ ...secure, ...asked });
    const answer = await send('/sampleApp1/tls/a', { headers: { authorization: basicField('ann', 'wrong') } });
    expect(answer.status).toBe(308);
  });

  it('is given over TLS', async () => {
    const { seen, signIn } = await start(secure);
    const { headers } = await seen('/sampleApp1/tls/a', {
      headers: { cookie: `__Host-${await signIn(['AB'])}`, 'x-forwarded-proto': 'https' },
    });
    expect(headers['x-forwarded-proto']).toBe('https');
  });

  it('refuses where there is no HTTPS side', async () => {
    const { send } = await start();
    expect((await send('/sampleApp1/tls/a')).status).toBe(403);
  });
});

describe('going on after a login', () => {
  const parked = {
    domain: 'other',
    entrance: 'application:sampleApp1',
    application: 'sampleApp1',
    parkedAt: 1_767_225_600_000,
  };

  it('happens once', async () => {
    const { send, pendingLogins } = await start();
    const id = await pendingLogins.park({ ...parked, resumePath: '/gateway/continue', state: '/sampleApp1/a' });
    expect((await send(`/gateway/continue?pending=${id}`)).headers.location).toBe('/sampleApp1/a');
    expect((await send(`/gateway/continue?pending=${id}`)).status).toBe(409);
  });

  it.each([
    '//evil.example/',
    'https://evil.example/',
    '/\\evil.example',
    '/login/x',
    '/sampleApp1/../x',
    '/sampleApp12',
  ])('leads nowhere but to the application: %s', async (state) => {
    const { send, pendingLogins } = await start();
    const id = await pendingLogins.park({ ...parked, resumePath: '/gateway/continue', state });
    const answer = await send(`/gateway/continue?pending=${id}`);
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  });

  it('leaves what others parked alone', async () => {
    const { send, pendingLogins } = await start();
    const id = await pendingLogins.park({ ...parked, resumePath: '/saml/idp/continue', state: '/sampleApp1/a' });
    expect((await send(`/gateway/continue?pending=${id}`)).status).toBe(410);
    expect(await pendingLogins.read(id)).toBeDefined();
  });

  it.each(['/gateway/continue', '/gateway/continue?pending=a&pending=b'])('needs one id: %s', async (path) => {
    const { send } = await start();
    expect((await send(path)).status).toBe(400);
  });
});

describe('a gateway', () => {
  it('is not mounted without the mechanism stack of its application', async () => {
    const application = { entrance: 'application:other' };
    await expect(start({ application })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});
