/** @module The suite for HTTP mechanisms takes one that reads no password. */
import { z } from 'zod';
import { defineHttpMechanism } from '../../src/spi/http-mechanism.ts';
import { Secret } from '../../src/spi/secret.ts';
import { httpMechanismConformance, plainRequest } from './http-mechanism.ts';

/** A ticket in base64, as a Kerberos client sends it (RFC 4559 §4.2). */
const ticket = defineHttpMechanism({
  name: 'TICKET',
  summary: 'For this test.',
  options: z.strictObject({}),
  create: () => ({
    name: 'TICKET',
    async evaluate({ headers }) {
      const [scheme, token = ''] = (headers['authorization'] ?? '').split(' ');
      if (scheme !== 'Negotiate') return { status: 'not-attempted' };
      const bytes = Buffer.from(token, 'base64');
      if (bytes.length === 0) return { status: 'malformed', note: 'no token' };
      return { status: 'evidence', evidence: { kind: 'negotiate', token: new Secret(new Uint8Array(bytes)) } };
    },
    challenge: () => ({ kind: 'header', status: 401, headers: { 'www-authenticate': 'Negotiate' } }),
  }),
});

const withHeader = (authorization: string) => plainRequest({ headers: { authorization } });

httpMechanismConformance({
  factory: ticket,
  accepted: [
    {
      what: 'a first token',
      request: withHeader('Negotiate YIIB'),
      evidence: { kind: 'negotiate', token: new Secret(Uint8Array.of(0x60, 0x82, 0x01)) },
    },
  ],
  malformed: [['no token', withHeader('Negotiate ')]],
});
