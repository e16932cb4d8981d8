/** @module What every acceptor does, whoever has written it: on tickets of a real KDC, made into tokens by a real client. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { KerberosAcceptor, KerberosVerdict } from '../../src/spi/kerberos-acceptor.ts';
import { negotiateTokens, type TokenRequest } from '../support/negotiate-tokens.ts';
import { aesEnctypes, type Kdc, startKdc } from '../support/servers/kdc.ts';

export interface AcceptorWishes {
  /** Absolute paths. */
  readonly keytabs: readonly string[];
  readonly principal?: string;
  readonly trustedRealms?: readonly string[];
  /** How far its clock is ahead of the machine's. Only with `ownClock`. */
  readonly aheadMs?: number;
}

export interface KerberosAcceptorHarness {
  readonly implementation: string;
  /** With a claim against replays behind it. */
  open(wishes: AcceptorWishes, kdc: Kdc): Promise<KerberosAcceptor>;
  /** Its clock can be another than the machine's. */
  readonly ownClock: boolean;
  /** It tells failures of key and service apart; else each of them may be another of them. */
  readonly exactKeyFailures: boolean;
}

export const password = 'person-secret-8a20';
const patient = new AbortController().signal;
/** One for each enctype: its client is told by it what a ticket is encrypted with. */
const serviceOf = (enctype: string) => `${enctype}.example.com`;

export function kerberosAcceptorConformance(harness: KerberosAcceptorHarness): void {
  let kdc: Kdc;
  let keytab: string;
  let tickets: string;
  beforeAll(async () => {
    kdc = await startKdc({ realms: ['EXAMPLE.COM', 'OTHER.EXAMPLE'] });
    kdc.addPerson('hnelson', password);
    kdc.addPerson('olga', password, { realm: 'OTHER.EXAMPLE' });
    kdc.trust('EXAMPLE.COM', 'OTHER.EXAMPLE');
    keytab = kdc.addService('HTTP/localhost', 'http.keytab');
    kdc.addService('HTTP/elsewhere', 'elsewhere.keytab');
    for (const enctype of aesEnctypes)
      kdc.addService(`HTTP/${serviceOf(enctype)}`, 'http.keytab', { enctypes: [enctype] });
    tickets = kdc.login('hnelson', password);
  });
  afterAll(() => kdc.close());

  const tokenFor = (request: Partial<TokenRequest> = {}) => {
    const [token] = negotiateTokens({ kdc, tickets, ...request });
    if (token === undefined) throw new Error('the client made no token');
    return token;
  };

  async function open(wishes: Partial<AcceptorWishes> = {}): Promise<KerberosAcceptor> {
    const acceptor = await harness.open({ keytabs: [keytab], ...wishes }, kdc);
    onTestFinished(async () => acceptor.close?.());
    return acceptor;
  }

  const failureOf = (verdict: KerberosVerdict) =>
    verdict.status === 'refused' ? verdict.failure : `not refused but ${verdict.status}`;

  async function refusal(token: Uint8Array, wishes: Partial<AcceptorWishes> = {}): Promise<string> {
    return failureOf(await (await open(wishes)).accept({ token }, patient));
  }

  describe(`the acceptor ${harness.implementation}`, () => {
    const forms = (['spnego', 'krb5'] as const).flatMap((mechanism) =>
      [false, true].map((mutual) => ({ mechanism, mutual })),
    );
    it.each(aesEnctypes.flatMap((enctype) => forms.map((form) => ({ enctype, ...form }))))(
      'accepts $enctype by $mechanism, mutual: $mutual',
      async ({ enctype, ...form }) => {
        const acceptor = await open();
        const token = tokenFor({ service: `HTTP@${serviceOf(enctype)}`, ...form });
        expect(await acceptor.accept({ token }, patient)).toMatchObject({
          status: 'accepted',
          client: { name: 'hnelson', realm: 'EXAMPLE.COM' },
          service: { name: `HTTP/${serviceOf(enctype)}`, realm: 'EXAMPLE.COM' },
          mutual: form.mutual,
          authenticator: expect.stringMatching(/^[\w-]{43}$/),
        });
      },
    );

    it('has a reply for a client that asked who we are', async () => {
      const verdict = await (await open()).accept({ token: tokenFor({ mutual: true }) }, patient);
      expect(verdict.status === 'accepted' && verdict.reply?.[0]).toBe(0xa1);
    });

    it('accepts an authenticator once', async () => {
      const acceptor = await open();
      const token = tokenFor();
      const first = await acceptor.accept({ token }, patient);
      const second = await acceptor.accept({ token }, patient);
      expect([first.status, failureOf(second)]).toEqual(['accepted', 'REPLAY']);
    });

    it('accepts of many at once with one authenticator just one', async () => {
      const acceptor = await open();
      const token = tokenFor();
      const verdicts = await Promise.all(Array.from({ length: 8 }, () => acceptor.accept({ token }, patient)));
      expect(verdicts.filter(({ status }) => status === 'accepted')).toHaveLength(1);
    });

    it('knows an authenticator again without its wrapping', async () => {
      const acceptor = await open();
      const token = tokenFor();
      const first = await acceptor.accept({ token }, patient);
      const second = await acceptor.accept({ token: withoutSpnego(token) }, patient);
      expect([first.status, failureOf(second)]).toEqual(['accepted', 'REPLAY']);
    });

    it('claims nothing in a rehearsal', async () => {
      const acceptor = await open();
      const token = tokenFor();
      const rehearsed = await acceptor.accept({ token, dryRun: true }, patient);
      const real = await acceptor.accept({ token }, patient);
      expect([rehearsed.status, real.status]).toEqual(['accepted', 'accepted']);
    });

    it.each([
      ['EMPTY', Buffer.alloc(0)],
      ['MALFORMED', Buffer.from('hello')],
      ['MALFORMED', Buffer.alloc(70_000, 0x60)],
      ['NTLM', Buffer.from('TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAO5CAAAADw==', 'base64')],
    ])('refuses as %s what is no ticket', async (failure, token) => {
      expect(await refusal(token)).toBe(failure);
    });

    it('refuses a token that was cut off, wherever that was', async () => {
      const acceptor = await open();
      const token = tokenFor();
      for (let length = 1; length < token.length; length += 7) {
        const { status } = await acceptor.accept({ token: token.subarray(0, length) }, patient);
        expect([length, status]).toEqual([length, 'refused']);
      }
    });

    it('accepts nobody whose ticket is changed in any place that is encrypted', async () => {
      const acceptor = await open();
      const token = tokenFor();
      // The ciphertexts of ticket and authenticator are the long part of the token.
      for (let offset = 250; offset < token.length; offset += 11) {
        const changed = Buffer.from(token);
        changed.writeUInt8(changed.readUInt8(offset) ^ 1, offset);
        const { status } = await acceptor.accept({ token: changed }, patient);
        expect([offset, status]).toEqual([offset, 'refused']);
      }
    });

    it('refuses a ticket for a service whose key it has not', async () => {
      const failure = await refusal(tokenFor({ service: 'HTTP@elsewhere' }));
      expect(harness.exactKeyFailures ? ['NO_KEY'] : ['NO_KEY', 'NOT_FOR_US', 'KVNO']).toContain(failure);
    });

    it('refuses a ticket for another service than the one that it is for', async () => {
      const failure = await refusal(tokenFor({ service: `HTTP@${serviceOf(aesEnctypes[0])}` }), {
        principal: 'HTTP/localhost@EXAMPLE.COM',
      });
      expect(harness.exactKeyFailures ? ['NOT_FOR_US'] : ['NO_KEY', 'NOT_FOR_US', 'KVNO']).toContain(failure);
    });

    it('refuses a ticket of a key that is newer than its keytab, and accepts it with the keytab that has both', async () => {
      const old = kdc.addService('HTTP/renewed', 'old.keytab');
      kdc.renewKeys('HTTP/renewed', 'new.keytab');
      const service = 'HTTP@renewed';
      const failure = await refusal(tokenFor({ service }), { keytabs: [old] });
      expect(harness.exactKeyFailures ? ['KVNO'] : ['NO_KEY', 'NOT_FOR_US', 'KVNO']).toContain(failure);
      kdc.renewKeys('HTTP/renewed', 'old.keytab');
      // The ticket of before is still in the file with the tickets.
      const token = tokenFor({ service, tickets: kdc.login('hnelson', password) });
      const verdict = await (await open({ keytabs: [old] })).accept({ token }, patient);
      expect(verdict.status).toBe('accepted');
    });

    it('refuses people of a realm that is not trusted here, and accepts them where it is', async () => {
      const foreign = kdc.login('olga', password, { realm: 'OTHER.EXAMPLE' });
      expect(await refusal(tokenFor({ tickets: foreign }))).toBe('WRONG_REALM');
      const trusting = await open({ trustedRealms: ['OTHER.EXAMPLE'] });
      expect(await trusting.accept({ token: tokenFor({ tickets: foreign }) }, patient)).toMatchObject({
        status: 'accepted',
        client: { name: 'olga', realm: 'OTHER.EXAMPLE' },
      });
    });

    if (harness.ownClock) clockConformance();
  });

  function clockConformance(): void {
    it('refuses an authenticator of another time', async () => {
      const token = tokenFor();
      expect(await refusal(token, { aheadMs: 6 * 60_000 })).toBe('SKEW');
      expect(await refusal(token, { aheadMs: -6 * 60_000 })).toBe('SKEW');
    });

    it('refuses a ticket that has ended', async () => {
      // The authenticator is as old: RFC 4120 §3.2.3 looks at it first.
      expect(['EXPIRED', 'SKEW']).toContain(await refusal(tokenFor(), { aheadMs: 24 * 3_600_000 }));
    });
  }
}

/** The mechToken of a NegTokenInit: the bare token of RFC 4121 begins with the tag and the OID of Kerberos. */
function withoutSpnego(token: Buffer): Buffer {
  const oid = Buffer.from('06092a864886f712010202', 'hex');
  const last = token.lastIndexOf(oid);
  for (let start = last - 1; start > 0; start -= 1) {
    if (token.readUInt8(start) === 0x60) return token.subarray(start);
  }
  throw new Error('there is no Kerberos token inside');
}
