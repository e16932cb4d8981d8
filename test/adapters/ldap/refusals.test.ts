/** @module What a directory says when it refuses a bind, and what it cannot make us believe before TLS has begun. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createDirectory } from '../../../src/adapters/ldap/directory.ts';
import type { Directory, DirectoryOptions } from '../../../src/spi/directory.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { startSlapd } from '../../support/servers/slapd.ts';
import { suffix } from '../../support/servers/slapd-people.ts';

const signal = new AbortController().signal;
let server: Server;
let directory: Directory;
afterEach(async () => {
  await directory.close();
  await new Promise((resolve) => server.close(resolve));
});

async function open(accept: (socket: Socket) => void, changes: Partial<DirectoryOptions> = {}): Promise<void> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    accept(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const urls = [`ldap://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`];
  const options = { urls, startTls: false, referrals: 'ignore', timeLimitMs: 5000, answerTimeoutMs: 1000 } as const;
  directory = createDirectory({ ...options, ...changes }, createFakeClock());
}

/** RFC 4511 §4.2.2, lengths in the short form. */
function bindResponse(request: Buffer, code: number, message: string): Buffer {
  const text = Buffer.from(message);
  const result = Buffer.concat([Buffer.from([0x0a, 1, code, 4, 0, 4, text.length]), text]);
  const id = request.subarray(request.indexOf(Buffer.from([2, 1])), request.indexOf(Buffer.from([2, 1])) + 3);
  const body = Buffer.concat([id, Buffer.from([0x61, result.length]), result]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

const bind = () => directory.bind('cn=x,dc=example', new Secret('secret'), signal);
const activeDirectory = (data: string) =>
  `80090308: LdapErr: DSID-0C09, AcceptSecurityContext error, data ${data}, v4563`;

describe('a refused bind', () => {
  it.each([
    [49, activeDirectory('525'), 'bad-credential'],
    [49, activeDirectory('52e'), 'bad-credential'],
    [49, activeDirectory('52f'), 'account-disabled'],
    [49, activeDirectory('530'), 'account-disabled'],
    [49, activeDirectory('531'), 'account-disabled'],
    [49, activeDirectory('532'), 'password-expired'],
    [49, activeDirectory('533'), 'account-disabled'],
    [49, activeDirectory('701'), 'account-disabled'],
    [49, activeDirectory('773'), 'password-expired'],
    [49, activeDirectory('775'), 'account-locked'],
    [49, activeDirectory('fff'), 'bad-credential'],
    [49, '', 'bad-credential'],
    [32, '', 'bad-credential'],
    [34, '', 'bad-credential'],
    [48, '', 'bad-credential'],
    [19, 'Exceed password retry limit', 'account-locked'],
    [53, 'Account inactivated', 'account-disabled'],
  ])('with code %i and %j is %s', async (code, message, outcome) => {
    await open((socket) => socket.on('data', (request) => socket.write(bindResponse(request, code, message))));
    expect(await bind()).toBe(outcome);
  });

  it.each([
    [1, 'operationsError'],
    [8, 'strongerAuthRequired'],
    [10, 'referral'],
    [13, 'confidentialityRequired'],
    [51, 'busy'],
    [52, 'unavailable'],
    [80, 'other'],
  ])('with code %i (%s) says nothing about the password', async (code) => {
    await open((socket) => socket.on('data', (request) => socket.write(bindResponse(request, code, 'no'))));
    await expect(bind()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});

describe('StartTLS', () => {
  it('is not gone without when the server refuses it', async () => {
    const seen: Buffer[] = [];
    const refusal = (request: Buffer) => {
      const response = bindResponse(request, 2, 'no');
      response[5] = 0x78;
      return response;
    };
    await open(
      (socket) =>
        socket.on('data', (request) => {
          seen.push(request);
          socket.write(refusal(request));
        }),
      { startTls: true },
    );
    await expect(bind()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(Buffer.concat(seen).includes('secret')).toBe(false);
  });

  it.each([2, 3])('leaves nothing that came before it for an answer to message %i', async (id) => {
    const slapd = await startSlapd();
    const behind = new URL(slapd.url);
    // The beginning of "the bind has succeeded", whose text would be the true answer.
    const forged = Buffer.from([0x30, 30, 2, 1, id, 0x61, 25, 0x0a, 1, 0, 4, 0, 4, 18]);
    await open(
      (socket) => {
        const real = connect({ host: behind.hostname, port: Number(behind.port) });
        real.on('error', () => socket.destroy());
        socket.pipe(real);
        real.once('data', (answer) => {
          socket.write(Buffer.concat([answer, forged]));
          real.pipe(socket);
        });
      },
      { startTls: true, authorities: { current: () => slapd.ca } },
    );
    const outcome = await directory.bind(`uid=hnelson,ou=people,${suffix}`, new Secret('wrong'), signal);
    await directory.close();
    await slapd.close();
    expect(outcome).toBe('bad-credential');
  });
});
