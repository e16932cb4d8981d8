import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpApp } from '../../src/http/app.ts';
import { createWaitingCookie } from '../../src/http/waiting-cookie.ts';

const waiting = createWaitingCookie({ name: 'WAITING', path: '/saml/sp/' });

/** A browser that remembers, finds and forgets by the paths of an application. */
async function open() {
  const silent = () => undefined;
  const app = await createHttpApp({
    logger: { info: silent, warn: silent, error: silent },
    trustedProxies: [],
    recordRefusal: async () => 'x',
  });
  onTestFinished(() => app.close());
  app.get<{ Params: { name: string; id: string } }>('/put/:name/:id', (request, reply) =>
    reply.send(String(waiting.remember(request, reply, request.params.name, request.params.id))),
  );
  app.get<{ Params: { name: string } }>('/get/:name', (request, reply) =>
    reply.send(waiting.find(request, request.params.name) ?? 'none'),
  );
  app.get<{ Params: { name: string } }>('/forget/:name', (request, reply) => {
    waiting.forget(request, reply, request.params.name);
    return reply.send('gone');
  });
  let cookie = '';
  return {
    set: (value: string) => {
      cookie = `WAITING=${value}`;
    },
    async ask(url: string): Promise<string> {
      const reply = await app.inject({ url, headers: { host: 'h', ...(cookie === '' ? {} : { cookie }) } });
      const [set] = reply.cookies;
      if (set !== undefined) {
        expect(set).toMatchObject({ path: '/saml/sp/', httpOnly: true, sameSite: 'Lax' });
        cookie = set.value === '' ? '' : `WAITING=${set.value}`;
      }
      return reply.body;
    },
  };
}

describe('what waits in a browser', () => {
  test('is found by its name until it is forgotten', async () => {
    const { ask } = await open();
    await ask('/put/ab/first');
    await ask('/put/cd/second');
    expect([await ask('/get/ab'), await ask('/get/cd'), await ask('/get/ef')]).toEqual(['first', 'second', 'none']);
    await ask('/forget/ab');
    expect([await ask('/get/ab'), await ask('/get/cd')]).toEqual(['none', 'second']);
    await ask('/forget/cd');
    expect(await ask('/get/cd')).toBe('none');
  });

  test('makes room for what is newer', async () => {
    const { ask } = await open();
    for (const name of ['aa', 'bb', 'cc']) expect(await ask(`/put/${name}/${'x'.repeat(1500)}`)).toBe('true');
    expect(await ask('/get/aa')).toBe('none');
    expect(await ask('/get/cc')).toHaveLength(1500);
  });

  test('is not more than a browser keeps', async () => {
    const { ask } = await open();
    expect(await ask(`/put/aa/${'x'.repeat(4000)}`)).toBe('false');
  });

  test.each(['', '!', 'ab!', 'ab!a!b', 'AB!x', 'ab!<x>', 'x'.repeat(5000)])('is nothing in %s', async (value) => {
    const { ask, set } = await open();
    set(value);
    expect(await ask('/get/ab')).toBe('none');
  });
});
