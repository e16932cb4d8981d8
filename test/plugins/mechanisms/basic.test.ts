/** @module HTTP mechanism BASIC: RFC 7617, strictly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basic } from '../../../src/plugins/mechanisms/basic.ts';
import type { MechanismRequest } from '../../../src/spi/http-mechanism.ts';
import { httpMechanismConformance, plainRequest } from '../../conformance/http-mechanism.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';

const withHeader = (authorization: string) => plainRequest({ headers: { authorization } });
const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64');
const request = (name: string, password: string) => withHeader(`Basic ${base64(`${name}:${password}`)}`);

httpMechanismConformance({
  factory: basic,
  request,
  malformed: [
    ['nothing after the scheme', withHeader('Basic')],
    ['something that is not base64', withHeader('Basic a:b')],
    ['two headers', withHeader(`Basic ${base64('a:b')}, Basic ${base64('c:d')}`)],
    ['base64 with stray bits', withHeader('Basic YTpiZ=')],
    ['Latin-1 bytes', withHeader(`Basic ${base64(Buffer.from('é:x', 'latin1'))}`)],
    ['no colon', withHeader(`Basic ${base64('alice')}`)],
    ['no name', request('', 'x')],
    ['a NUL in the name', request('ali\u0000ce', 'x')],
    ['a line break in the password', request('alice', 'a\nb')],
    ['a name of 1025 characters', request('a'.repeat(1025), 'x')],
    ['a password of 4097 characters', request('a', 'x'.repeat(4097))],
    ['100,000 characters', withHeader(`Basic ${'A'.repeat(100_000)}`)],
  ],
});

describe('BASIC', async () => {
  const mechanism = await basic.create({}, mechanismServices());
  const evaluate = (given: MechanismRequest) => mechanism.evaluate(given, { signal: new AbortController().signal });

  it('reads what any UTF-8 client writes', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }).filter((value) => !/\p{Cc}/u.test(value));
    await fc.assert(
      fc.asyncProperty(text, text, async (rawName, password) => {
        const name = `x${rawName.replaceAll(':', '')}`;
        const result = await evaluate(request(name, password));
        if (result.status !== 'evidence' || result.evidence.kind !== 'password') throw new Error(result.status);
        expect([result.evidence.username, result.evidence.password.reveal()]).toEqual([name, password]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['basic', 'BASIC', 'Basic  '])('takes the scheme as %j', async (scheme) => {
    expect((await evaluate(withHeader(`${scheme} ${base64('a:b')}`))).status).toBe('evidence');
  });

  it('takes base64 without padding', async () => {
    expect((await evaluate(withHeader(`Basic ${base64('ab:b').replace(/=+$/, '')}`))).status).toBe('evidence');
  });

  it.each(['Bearer abc', 'Negotiate abc', 'Basically abc', ''])('does not attempt %j', async (header) => {
    expect((await evaluate(withHeader(header))).status).toBe('not-attempted');
  });

  it('challenges with realm and charset over TLS', async () => {
    const named = await basic.create({ 'realm-name': 'The "Realm"' }, mechanismServices());
    expect(named.challenge(plainRequest())).toEqual({
      kind: 'header',
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="The \\"Realm\\"", charset="UTF-8"' },
    });
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('challenges %s without TLS', (sourceAddress) => {
    expect(mechanism.challenge(plainRequest({ confidential: false, sourceAddress }))).toBeDefined();
  });

  it.each(['192.0.2.1', '::2', '128.0.0.1', '127.0.0.1.example', ''])(
    'does not challenge %j without TLS',
    (sourceAddress) => {
      expect(mechanism.challenge(plainRequest({ confidential: false, sourceAddress }))).toBeUndefined();
    },
  );

  it('does not believe a password that came in the clear', async () => {
    const clear = { ...request('alice', 'secret'), confidential: false };
    expect(await evaluate(clear)).toEqual({ status: 'malformed', note: 'sent in the clear' });
  });

  it('when silent challenges only who has sent an Authorization header', async () => {
    const silent = await basic.create({ silent: 'true' }, mechanismServices());
    expect(silent.challenge(plainRequest())).toBeUndefined();
    expect(silent.challenge(request('alice', 'wrong'))).toBeDefined();
  });

  it.each(['a\r\nb', 'é', ''])('refuses the realm name %j', (realmName) => {
    expect(basic.options.safeParse({ 'realm-name': realmName }).success).toBe(false);
  });
});
