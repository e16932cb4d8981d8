import { afterEach, describe, expect, it } from 'vitest';
import { createHttpApp } from '../../src/http/app.ts';
import { guardPages } from '../../src/http/navigation.ts';
import { RecordingLogger } from '../support/plugin-services.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function pages(publicUrl: string) {
  const app = await createHttpApp({
    logger: new RecordingLogger(),
    trustedProxies: ['127.0.0.1'],
    recordRefusal: async () => 'D',
  });
  open.push(app);
  guardPages(app, publicUrl);
  app.get('/login', () => 'page');
  app.post('/login', () => 'posted');
  return async (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
    app.inject({ method, url: '/login?a=1', headers });
}

describe('our own pages', () => {
  it('are for navigation and for clients that are no browsers', async () => {
    const ask = await pages('http://localhost:8080');
    expect((await ask({})).statusCode).toBe(200);
    const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await ask(navigation)).statusCode).toBe(200);
    expect((await ask({ 'sec-fetch-mode': 'cors' })).statusCode).toBe(200);
  });

  it.each([
    { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'serviceworker' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ])('are not for scripts, pictures, workers and frames: %j', async (headers) => {
    expect(
      (await (await pages('http://localhost:8080'))({ 'sec-fetch-site': 'same-origin', ...headers })).statusCode,
    ).toBe(403);
  });

  it('take nothing in the clear where the public URL is an HTTPS one', async () => {
    const ask = await pages('https://sso.example.com');
    const redirected = await ask({});
    expect(redirected.statusCode).toBe(308);
    expect(redirected.headers.location).toBe('https://sso.example.com/login?a=1');
    expect((await ask({}, 'POST')).statusCode).toBe(403);
    const secure = await ask({ 'x-forwarded-proto': 'https' });
    expect(secure.statusCode).toBe(200);
    expect(secure.headers['strict-transport-security']).toBe('max-age=31536000');
  });
});
