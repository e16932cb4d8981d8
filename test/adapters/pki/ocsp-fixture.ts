/** @module A path, a responder of `openssl ocsp`, and truststores that ask it. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { TruststoreSettings } from '../../../src/adapters/pki/truststore.ts';
import { authority, client, createCertificates } from '../../support/client-certificates.ts';
import { type OcspResponder, type ResponderState, startOcspResponder } from '../../support/servers/ocsp-responder.ts';
import { truststoreOver } from '../../support/truststores.ts';

export const made = createCertificates();
export const root = made.issue('root', { extensions: authority() });
export const middle = made.issue('middle', { issuer: root, extensions: authority() });
export const alice = made.issue('alice', { issuer: middle });
export const bob = made.issue('bob', { issuer: middle });
const signing = ['extendedKeyUsage=OCSPSigning', 'noCheck=ignored'];
export const delegate = made.issue('delegate', { issuer: middle, extensions: signing });
export const plain = made.issue('plain', { issuer: middle, extensions: client });
export const foreign = made.issue('foreign', { issuer: root, extensions: signing });
export const expired = made.issue('expired-delegate', { issuer: middle, extensions: signing, to: '20210101000000Z' });
export const checked = made.issue('checked-delegate', { issuer: middle, extensions: ['extendedKeyUsage=OCSPSigning'] });

const usual: ResponderState = {
  issuer: middle,
  signer: delegate,
  rows: [
    { certificate: alice, revoked: false },
    { certificate: bob, revoked: true },
  ],
  arguments: ['-nmin', '60'],
};
export let responder: OcspResponder;
beforeAll(async () => {
  responder = await startOcspResponder(made, { ...usual });
});
afterEach(() => {
  Object.assign(responder.state, { ...usual, answer: undefined, rewrite: undefined });
  responder.requests.length = 0;
});
afterAll(async () => {
  await responder?.stop();
  made.remove();
});

type Ocsp = NonNullable<TruststoreSettings['ocsp']>;
export const files = () => ({ 'root.pem': root.pem, 'delegate.pem': delegate.pem, 'plain.pem': plain.pem });

export async function store(
  ocsp: Partial<Ocsp> = {},
  settings: Partial<TruststoreSettings> = {},
  more = {},
  at?: () => number,
) {
  const { store: opened } = await truststoreOver(
    { ...files(), ...more },
    {
      certificates: ['root.pem'],
      revocationScope: 'leaf',
      ocsp: {
        mode: 'hard-fail',
        responder: responder.url,
        overrideResponder: false,
        aiaHosts: [],
        nonce: 'optional',
        timeoutMs: 5000,
        skewMs: 300_000,
        maxAgeMs: 3_600_000,
        ...ocsp,
      },
      ...settings,
    },
    // openssl dates its answers by the machine's clock.
    { now: at ?? Date.now },
  );
  return (who = alice) => opened.validate([who.der, middle.der], new AbortController().signal);
}

/** A refusal because the answer does not vouch for the certificate. */
export const unknown = (note: string) => ({
  status: 'refused',
  reason: 'revocation-unknown',
  note: expect.stringContaining(note),
});
