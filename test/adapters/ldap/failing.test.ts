/** @module A directory that fails: restarted, stopped in its tracks, behind packets that are dropped, or one of several that are. */
import { readdirSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectory } from '../../../src/adapters/ldap/directory.ts';
import type { Directory, DirectoryOptions } from '../../../src/spi/directory.ts';
import { isUnavailable } from '../../../src/spi/errors.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { openBlackHole } from '../../support/servers/black-hole.ts';
import { startSlapd } from '../../support/servers/slapd.ts';
import { personPassword, suffix } from '../../support/servers/slapd-people.ts';

const never = new AbortController().signal;
/** Short, so that a test of a time-out takes no time; the default of the product is in the documents. */
const waits = { connectTimeoutMs: 250, answerTimeoutMs: 400 } as const;
const user = `uid=hnelson,ou=people,${suffix}`;

const slapd = await startSlapd();
const other = await startSlapd();
const blackHole = await openBlackHole();
afterAll(async () => {
  await Promise.all([slapd.close(), other.close(), blackHole.close()]);
});

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Listens, and does with a connection what it is told. */
async function listen(accept: (socket: Socket) => void = () => undefined): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    accept(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `ldap://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const service = { dn: slapd.service.dn, credential: new Secret(slapd.service.password) };
const base = { startTls: false, service, referrals: 'ignore', timeLimitMs: 5000, ...waits } as const;

let clock: FakeClock;
let directory: Directory;
const open = (urls: readonly string[], changes: Partial<DirectoryOptions> = {}) => {
  directory = createDirectory({ ...base, urls, ...changes }, clock);
  return directory;
};
const find = (signal = never) =>
  directory.search({ base: user, scope: 'base', filter: '(objectClass=*)', attributes: ['uid'] }, signal);
const bind = (signal = never) => directory.bind(user, new Secret(personPassword), signal);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  );

beforeEach(() => {
  clock = createFakeClock();
});
afterEach(() => directory.close());

describe('a directory that is restarted', () => {
  it('is asked again, as the service and not anonymously', async () => {
    open([slapd.url]);
    expect([await find(), await bind()]).toEqual([[expect.anything()], 'verified']);
    await slapd.restart();
    expect([(await find()).length, await bind()]).toEqual([1, 'verified']);
  });

  it('cannot be asked meanwhile', async () => {
    open([slapd.url]);
    await find();
    await slapd.stop();
    expect([await codeOf(find()), await codeOf(bind())]).toEqual(['ERR_STORE_UNAVAILABLE', 'ERR_STORE_UNAVAILABLE']);
    await slapd.restart();
    expect(await find()).toHaveLength(1);
  });
});

describe('a directory that does not answer', () => {
  it('is given up when its process stands still, and is used again when it goes on', async () => {
    open([slapd.url]);
    await find();
    slapd.pause();
    const codes = [await codeOf(find()), await codeOf(bind())];
    slapd.resume();
    expect(codes).toEqual(['ERR_STORE_UNAVAILABLE', 'ERR_STORE_UNAVAILABLE']);
    expect([(await find()).length, await bind()]).toEqual([1, 'verified']);
  });

  it('is given up when packets to it are dropped', async () => {
    open([blackHole.url]);
    expect([await codeOf(find()), await codeOf(bind())]).toEqual(['ERR_STORE_UNAVAILABLE', 'ERR_STORE_UNAVAILABLE']);
  });

  it.each([
    ['listens and says nothing', () => undefined],
    ['says what is no LDAP', (socket: Socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['says a message that never ends', (socket: Socket) => void socket.write(Buffer.from('3084ffffffff', 'hex'))],
    ['hangs up', (socket: Socket) => void socket.destroy()],
  ])('is given up when it %s', async (_, accept) => {
    open([await listen(accept)]);
    expect([await codeOf(find()), await codeOf(bind())]).toEqual(['ERR_STORE_UNAVAILABLE', 'ERR_STORE_UNAVAILABLE']);
  });

  it.each([
    ['StartTLS', { startTls: true }],
    ['LDAPS', {}],
  ])('is given up by %s', async (way, changes) => {
    const url = await listen();
    open([way === 'LDAPS' ? url.replace('ldap:', 'ldaps:') : url], changes);
    expect(await codeOf(find())).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('is waited for no longer than the login may take', async () => {
    open([blackHole.url], { connectTimeoutMs: 60_000 });
    const controller = new AbortController();
    const asked = find(controller.signal).catch((error: unknown) => error);
    controller.abort();
    expect(isUnavailable(await asked)).toBe(true);
  });

  it('keeps nobody waiting for a free connection for longer than for an answer', async () => {
    open([await listen()], { poolSize: 1 });
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(find())));
    expect(new Set(codes)).toEqual(new Set(['ERR_STORE_UNAVAILABLE']));
  });

  it('leaves no connection behind', async () => {
    const socketsOfThis = () =>
      readdirSync('/proc/self/fd', { withFileTypes: true }).filter((entry) => entry.isSymbolicLink()).length;
    open([blackHole.url, slapd.url.replace(/\d+$/, '1')]);
    await codeOf(find());
    const before = socketsOfThis();
    for (let time = 0; time < 5; time += 1) await codeOf(bind());
    expect(socketsOfThis()).toBeLessThanOrEqual(before);
  });
});

describe('several servers', () => {
  it.each([
    ['refuses connections', () => 'ldap://127.0.0.1:1'],
    ['drops packets', () => blackHole.url],
  ])('are asked in turn when the first one %s', async (_, first) => {
    open([first(), other.url]);
    expect([(await find()).length, await bind()]).toEqual([1, 'verified']);
  });

  it('are asked without the one that was dead a moment ago', async () => {
    const asked: string[] = [];
    const dead = await listen((socket) => {
      asked.push('dead');
      socket.destroy();
    });
    open([dead, other.url]);
    for (let time = 0; time < 5; time += 1) await find();
    expect(asked).toEqual(['dead']);
  });

  it('are asked in their order again after a while', async () => {
    const asked: string[] = [];
    const dead = await listen((socket) => {
      asked.push('dead');
      socket.destroy();
    });
    open([dead, other.url]);
    await find();
    clock.advance(31_000);
    expect([(await find()).length, asked]).toEqual([1, ['dead', 'dead']]);
  });

  it('go over to the next one in the middle of a connection', async () => {
    open([slapd.url, other.url]);
    await find();
    slapd.pause();
    const found = await find();
    slapd.resume();
    expect(found).toHaveLength(1);
  });

  it('go over to the next one that knows the service', async () => {
    const stranger = await startSlapd({ tree: { suffix: 'dc=elsewhere', ldif: '' } });
    open([stranger.url, other.url]);
    const found = await find();
    await stranger.close();
    expect(found).toHaveLength(1);
  });

  it('are all tried where all were dead', async () => {
    open([slapd.url, other.url]);
    await Promise.all([slapd.stop(), other.stop()]);
    expect(await codeOf(find())).toBe('ERR_STORE_UNAVAILABLE');
    await Promise.all([slapd.restart(), other.restart()]);
    expect(await find()).toHaveLength(1);
  });
});

describe('a connection', () => {
  it('is used again, by whoever binds', async () => {
    let opened = 0;
    const url = await listen((socket) => {
      opened += 1;
      proxy(socket, other.url);
    });
    open([url]);
    for (let time = 0; time < 10; time += 1) {
      await find();
      await directory.bind(user, new Secret(time % 2 === 0 ? personPassword : 'wrong'), never);
    }
    expect(opened).toBe(2);
  });

  it('that was idle for long is not used again', async () => {
    let opened = 0;
    const url = await listen((socket) => {
      opened += 1;
      proxy(socket, other.url);
    });
    open([url]);
    await find();
    clock.advance(61_000);
    await find();
    expect(opened).toBe(2);
  });
});

function proxy(socket: Socket, url: string): void {
  const behind = new URL(url);
  const server = connect({ host: behind.hostname, port: Number(behind.port) });
  server.on('error', () => socket.destroy());
  socket.pipe(server).pipe(socket);
}
