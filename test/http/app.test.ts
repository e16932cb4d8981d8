import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { createHttpApp, maxBodyBytes } from '../../src/http/app.ts';
import { createBrowserKey } from '../../src/http/browser-key.ts';
import { createOpaqueCookie } from '../../src/http/cookies.ts';
import { publicErrorOf } from '../../src/http/error-response.ts';
import { parseForm } from '../../src/http/form.ts';
import type { RefusedRequest } from '../../src/http/refusal.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { Logger } from '../../src/spi/logger.ts';

class RecordingLogger implements Logger {
  readonly lines: { level: string; message: string; facts: Readonly<Record<string, unknown>> }[] = [];
  info(facts: Readonly<Record<string, unknown>>, message: string) {
    this.lines.push({ level: 'info', message, facts });
  }
  warn(facts: Readonly<Record<string, unknown>>, message: string) {
    this.lines.push({ level: 'warn', message, facts });
  }
  error(facts: Readonly<Record<string, unknown>>, message: string) {
    this.lines.push({ level: 'error', message, facts });
  }
}

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function openApp(trustedProxies: readonly string[] = []) {
  const refusals: RefusedRequest[] = [];
  const logger = new RecordingLogger();
  const app = await createHttpApp({
    logger,
    trustedProxies,
    recordRefusal: async (refused) => {
      refusals.push(refused);
      return 'THEDECISION';
    },
  });
  open.push(app);
  return { app, refusals, logger };
}

const formType = { 'content-type': 'application/x-www-form-urlencoded' };

describe('an HTTP application of the house', () => {
  it('answers a fault with the status and text of its code, and the decision', async () => {
    const { app, refusals } = await openApp();
    app.get('/fault', () => {
      throw new GatehouseError('ERR_SAML_EXPIRED', 'inner words', { facts: { partner: 'urn:sp' } });
    });
    const response = await app.inject('/fault');
    expect(response.statusCode).toBe(publicErrorOf('ERR_SAML_EXPIRED').status);
    expect(response.body).toContain('Decision THEDECISION');
    expect(response.body).not.toContain('inner words');
    expect(refusals.map((refused) => refused.error.code)).toEqual(['ERR_SAML_EXPIRED']);
  });

  it('shows the decision that the fault itself names, and records no second one', async () => {
    const { app, refusals } = await openApp();
    app.get('/fault', () => {
      throw new GatehouseError('ERR_LOGIN_MODULE_BUG', 'a module broke', { facts: { decision: 'FIRST' } });
    });
    expect((await app.inject('/fault')).body).toContain('Decision FIRST');
    expect(refusals).toEqual([]);
  });

  it('answers a bug 500 and tells nothing of it but to the log', async () => {
    const { app, logger } = await openApp();
    app.get('/bug', () => {
      throw new TypeError('secret internals');
    });
    const response = await app.inject('/bug');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret internals');
    expect(logger.lines.map((line) => line.level)).toEqual(['error']);
  });

  it('refuses a body over the limit before it is read', async () => {
    const { app, refusals } = await openApp();
    app.post('/form', () => 'read');
    const response = await app.inject({
      method: 'POST',
      url: '/form',
      headers: formType,
      payload: 'a'.repeat(maxBodyBytes + 1),
    });
    expect(response.statusCode).toBe(413);
    expect(refusals.map((refused) => refused.error.code)).toEqual(['ERR_REQUEST_TOO_LARGE']);
  });

  it('refuses a body of a type that no form has', async () => {
    const { app } = await openApp();
    app.post('/form', () => 'read');
    const headers = { 'content-type': 'application/json' };
    expect((await app.inject({ method: 'POST', url: '/form', headers, payload: '{}' })).statusCode).toBe(400);
  });

  it('carries the security headers on every answer', async () => {
    const { app } = await openApp();
    for (const url of ['/assets/gatehouse.css', '/nothing']) {
      const { headers } = await app.inject(url);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
    }
    expect((await app.inject('/nothing')).headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('believes X-Forwarded-For of a trusted proxy and of nobody else', async () => {
    const seen = async (trusted: readonly string[]) => {
      const { app } = await openApp(trusted);
      app.get('/ip', (request) => request.ip);
      return (await app.inject({ url: '/ip', headers: { 'x-forwarded-for': '203.0.113.9' } })).body;
    };
    expect(await seen([])).toBe('127.0.0.1');
    expect(await seen(['127.0.0.1'])).toBe('203.0.113.9');
    expect(await seen(['10.0.0.0/8'])).toBe('127.0.0.1');
  });

  it('survives any cookie header', async () => {
    const { app } = await openApp();
    const cookie = createOpaqueCookie('GATEHOUSESSO');
    app.get('/cookie', (request) => cookie.read(request) ?? 'none');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary-ascii', maxLength: 300 }), async (text) => {
        const header = text.replace(/[^\t\x20-\x7e]/g, '');
        const response = await app.inject({ url: '/cookie', headers: { cookie: header } });
        expect([200, 400]).toContain(response.statusCode);
      }),
    );
  });

  it('takes a session cookie of another form for none', async () => {
    const { app } = await openApp();
    const cookie = createOpaqueCookie('GATEHOUSESSO');
    app.get('/cookie', (request) => cookie.read(request) ?? 'none');
    const good = Buffer.alloc(32, 7).toString('base64url');
    const read = async (value: string) =>
      (await app.inject({ url: '/cookie', headers: { cookie: `GATEHOUSESSO=${value}` } })).body;
    expect(await read(good)).toBe(good);
    expect(await read(`${good}x`)).toBe('none');
    expect(await read('..%2F..')).toBe('none');
  });
});

describe("a browser's key", () => {
  async function guarded() {
    const { app } = await openApp();
    const browserKey = createBrowserKey({ random: systemRandom, cookieName: 'KEY' });
    app.get<{ Params: { subject: string } }>('/issue/:subject', (request, reply) =>
      browserKey.csrfToken(request, reply, request.params.subject),
    );
    app.get('/name', (request, reply) => browserKey.nameOf(request, reply));
    app.get<{ Params: { name: string } }>('/is/:name', (request) =>
      String(browserKey.is(request, request.params.name)),
    );
    app.get<{ Params: { subject: string; token: string } }>('/check/:subject/:token', (request) => {
      browserKey.checkCsrf(request, parseForm(`csrf=${request.params.token}`), request.params.subject);
      return 'accepted';
    });
    const cookies = (key: string | undefined) => (key === undefined ? {} : { cookies: { KEY: key } });
    const issue = async (key?: string) => {
      const response = await app.inject({ url: '/issue/form', ...cookies(key) });
      return { token: response.body, key: response.cookies[0]?.value, cookie: response.cookies[0] };
    };
    const check = async (subject: string, token: string, key?: string) =>
      (await app.inject({ url: `/check/${subject}/${token}`, ...cookies(key) })).statusCode;
    return { app, issue, check, cookies };
  }

  it('makes tokens that are accepted from that browser and for that subject, and from no other', async () => {
    const { issue, check } = await guarded();
    const mine = await issue();
    const theirs = await issue();
    expect(await check('form', mine.token, mine.key)).toBe(200);
    expect(await check('form', mine.token, theirs.key)).toBe(403);
    expect(await check('form', mine.token)).toBe(403);
    expect(await check('other', mine.token, mine.key)).toBe(403);
    expect(await check('form', 'x', mine.key)).toBe(403);
  });

  it('is kept where there is one, so that two tabs work at once', async () => {
    const { issue, check } = await guarded();
    const first = await issue();
    const second = await issue(first.key);
    expect(second.cookie).toBeUndefined();
    expect(await check('form', second.token, first.key)).toBe(200);
  });

  it('travels in a cookie that scripts and foreign posts do not get', async () => {
    const { issue } = await guarded();
    expect((await issue()).cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  });

  it('names the browser by a value that lets nobody be it', async () => {
    const { app, issue, cookies } = await guarded();
    const { key } = await issue();
    const name = (await app.inject({ url: '/name', ...cookies(key) })).body;
    const is = async (held: string | undefined) => (await app.inject({ url: `/is/${name}`, ...cookies(held) })).body;
    expect(await is(key)).toBe('true');
    expect(await is(name)).toBe('false');
    expect(await is(undefined)).toBe('false');
  });
});
