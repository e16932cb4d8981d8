/** @module A browser that was asked remembers it for a while, and one that answers is asked again. */

import cookie from '@fastify/cookie';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { createProbeMemory } from '../../src/http/probe-memory.ts';

const memory = createProbeMemory('PROBE');

async function ask(path: string, header = '') {
  const app = fastify();
  await app.register(cookie);
  app.get('/quiet', (_request, reply) => {
    memory.quiet(reply, 60);
    return reply.send('');
  });
  app.get('/answers', (_request, reply) => {
    memory.answers(reply);
    return reply.send('');
  });
  app.get('/may', (request) => String(memory.mayAsk(request)));
  const answer = await app.inject({ url: path, headers: { cookie: header } });
  await app.close();
  return answer;
}

it('may be asked until it has been', async () => {
  expect([(await ask('/may')).body, (await ask('/may', 'PROBE=asked')).body]).toEqual(['true', 'false']);
});

it('is left alone for so long, by a cookie that no script reads', async () => {
  expect((await ask('/quiet')).cookies).toEqual([
    { name: 'PROBE', value: 'asked', maxAge: 60, path: '/', httpOnly: true, sameSite: 'Lax' },
  ]);
});

it('forgets it when it answers, and says nothing where there is nothing to forget', async () => {
  expect((await ask('/answers', 'PROBE=asked')).cookies).toMatchObject([{ name: 'PROBE', value: '' }]);
  expect((await ask('/answers')).cookies).toEqual([]);
});

it('takes whatever value for an answer that was given', async () => {
  expect((await ask('/may', 'PROBE=x')).body).toBe('false');
});

it('has nothing to remember where nobody is asked', async () => {
  const app = fastify();
  await app.register(cookie);
  app.get('/', (_request, reply) => {
    createProbeMemory('PROBE', { used: false }).quiet(reply, 60);
    return reply.send('');
  });
  expect((await app.inject('/')).cookies).toEqual([]);
  await app.close();
});
