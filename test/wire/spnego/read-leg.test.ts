/** @module What is no token is refused as what it is, and nothing that anybody sends makes the reader throw. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/spi/secret.ts';
import { checkRequest } from '../../../src/wire/kerberos/check-request.ts';
import { parseKeytab } from '../../../src/wire/kerberos/keytab.ts';
import { writeState } from '../../../src/wire/spnego/exchange-state.ts';
import { readLeg } from '../../../src/wire/spnego/read-leg.ts';
import { writeKeytab } from '../../support/keytab.ts';
import { bareToken, mint, spnegoInit } from '../../support/minted-ticket.ts';
import { negotiateCorpus } from '../../support/negotiate-corpus.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const serviceKey = randomBytes(32);
const principal = 'HTTP/localhost@EXAMPLE.COM';
const entries = parseKeytab(writeKeytab([{ principal, kvno: 2, encryptionType: 18, bytes: serviceKey }]));
const policy = { entries, wanted: undefined, trustedRealms: [], clockSkewMs: 300_000, channelBinding: undefined };

function verdict(token: Uint8Array, state?: Secret<Uint8Array>): string {
  const leg = readLeg(token, state);
  if (leg.status === 'refused') return leg.failure;
  if (leg.status !== 'request') return leg.status;
  const checked = checkRequest(leg.message, policy, now);
  return checked.status === 'refused' ? checked.failure : checked.status;
}

describe('the corpus', () => {
  it.each(negotiateCorpus)('$what is refused as $failure', ({ token, failure }) =>
    expect(verdict(token)).toBe(failure),
  );
});

describe('anything', () => {
  const good = spnegoInit({ token: bareToken(mint({ now, serviceKey }).message) });
  const awaiting = writeState({ awaits: 'token', mechanismList: 'MAA', micRequired: true });
  const seeds = [good, ...negotiateCorpus.map(({ token }) => Buffer.from(token)).filter(({ length }) => length < 2000)];
  const change = fc.record({
    seed: fc.nat(seeds.length - 1),
    at: fc.nat(2000),
    octets: fc.uint8Array({ maxLength: 6 }),
    removed: fc.nat(6),
    continues: fc.boolean(),
  });

  it('made out of it is read or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let token = seeds[changes[0]?.seed ?? 0] ?? good;
        for (const { at, octets, removed } of changes) {
          const place = at % (token.length + 1);
          token = Buffer.concat([token.subarray(0, place), octets, token.subarray(place + removed)]);
        }
        expect(verdict(token, changes[0]?.continues === true ? awaiting : undefined)).toMatch(
          /^[A-Z_]+|checked|continue$/,
        );
      }),
      { numRuns: 1500 },
    );
  });

  it('as the state of another leg is lost or goes on, never thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(verdict(Buffer.from('a1073005a0030a0100', 'hex'), new Secret(bytes))).toBe('LOST');
      }),
      { numRuns: 200 },
    );
  });
});
