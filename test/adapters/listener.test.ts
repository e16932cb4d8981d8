import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type AnswerUnreadable, type Listener, openListener } from '../../src/adapters/listener.ts';
import { openRaw, sendRaw, statusesOf } from '../support/raw-http.ts';

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const opened: Listener[] = [];

async function listening(
  handler: RequestListener,
  answerUnreadable: AnswerUnreadable = async () => '',
): Promise<Listener> {
  const listener = await openListener({ host: '127.0.0.1', port: 0, handler, answerUnreadable });
  opened.push(listener);
  return listener;
}

afterEach(async () => {
  for (let listener = opened.pop(); listener !== undefined; listener = opened.pop()) await listener.close(0);
});

describe('a listener', () => {
  test('is told by the kernel which port it has', async () => {
    expect((await listening((_request, response) => response.end())).port).toBeGreaterThan(0);
  });

  test('refuses a port that is taken, and says which', async () => {
    const { port } = await listening((_request, response) => response.end());
    const second = openListener({
      host: '127.0.0.1',
      port,
      handler: () => undefined,
      answerUnreadable: async () => '',
    });
    await expect(second).rejects.toMatchObject({ code: 'ERR_LISTEN', facts: { port } });
  });

  test('closes a connection after the answer that was under way when it began to drain', async () => {
    const asked = Promise.withResolvers<() => void>();
    const { port, close } = await listening((_request, response) => asked.resolve(() => response.end('done')));
    const connection = await openRaw(port);
    connection.write(get);
    const finish = await asked.promise;
    const closed = close(60_000);
    finish();
    await closed;
    expect(await connection.received).toMatch(/connection: close[\s\S]*done$/i);
  });

  test('takes no new connection while it drains', async () => {
    const asked = Promise.withResolvers<() => void>();
    const { port, close } = await listening((_request, response) => asked.resolve(() => response.end('done')));
    const connection = await openRaw(port);
    connection.write(get);
    const finish = await asked.promise;
    const closed = close(60_000);
    const late = connect({ host: '127.0.0.1', port });
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish();
    await closed;
  });

  test('cuts what does not end within the grace', async () => {
    const asked = Promise.withResolvers<void>();
    const { port, close } = await listening(() => asked.resolve());
    const connection = await openRaw(port);
    connection.write(get);
    await asked.promise;
    await close(1);
    expect(await connection.received).toBe('');
  });
});

describe('bytes that are no request', () => {
  const refuse = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

  test('get the answer that was made for them, once, with the fault and the address', async () => {
    const faults: string[] = [];
    const { port } = await listening(
      (_request, response) => response.end(),
      async (fault, sourceAddress) => {
        faults.push(`${fault} ${sourceAddress}`);
        return refuse;
      },
    );
    expect(statusesOf(await sendRaw(port, `rubbish\r\n\r\n${'more rubbish\r\n'.repeat(100)}`))).toEqual([400]);
    expect(faults).toEqual(['HPE_INVALID_METHOD 127.0.0.1']);
  });

  test('get no answer when none can be made', async () => {
    const { port } = await listening(
      (_request, response) => response.end(),
      () => Promise.reject(new Error('no audit')),
    );
    expect(await sendRaw(port, 'rubbish\r\n\r\n')).toBe('');
  });

  test('get no second answer in the middle of the first', async () => {
    const { port } = await listening(
      (_request, response) => response.writeHead(200, { 'content-length': '10' }).write('half'),
      async () => refuse,
    );
    const connection = await openRaw(port);
    connection.write(get);
    await once(connection.socket, 'data');
    connection.write('rubbish\r\n\r\n');
    expect(statusesOf(await connection.received)).toEqual([200]);
  });
});
