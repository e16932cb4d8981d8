/** @module HTTP mechanism BASIC (RFC 7617): UTF-8, and only where nobody can listen. */
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { isLoginName, maxNameLength, maxPasswordLength } from '../../spi/evidence-limits.ts';
import { defineHttpMechanism, type MechanismRequest, type MechanismResult } from '../../spi/http-mechanism.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { Secret } from '../../spi/secret.ts';

const options = z.strictObject({
  'realm-name': optionText
    .pipe(z.string().regex(/^[\x20-\x7e]{1,256}$/, 'only printable ASCII, at most 256 characters'))
    .default('Gatehouse')
    .describe('What the browser shows beside its password prompt.'),
  silent: optionFlag
    .default(false)
    .describe(
      'Challenge only who has sent an Authorization header: programs use BASIC, browsers get the next mechanism.',
    ),
});

/** Base64 of the longest name and password, every character three bytes in UTF-8. */
const maxCredentialsLength = Math.ceil(((maxNameLength + maxPasswordLength) * 3 + 1) / 3) * 4;

export const basic = defineHttpMechanism({
  name: 'BASIC',
  summary: 'Name and password in the Authorization header, over TLS or from this machine.',
  options,
  create({ 'realm-name': realmName, silent }) {
    const quoted = realmName.replace(/["\\]/g, '\\$&');
    return {
      name: 'BASIC',
      evaluate: async (request) => evaluate(request),
      challenge(request) {
        if (!isPrivate(request) || (silent && request.headers['authorization'] === undefined)) {
          return undefined;
        }
        const headers = { 'www-authenticate': `Basic realm="${quoted}", charset="UTF-8"` };
        return { kind: 'header', status: 401, headers };
      },
    };
  },
});

function evaluate(request: MechanismRequest): MechanismResult {
  const header = request.headers['authorization'];
  if (header === undefined || !/^basic(?: |$)/i.test(header)) {
    return { status: 'not-attempted' };
  }
  if (!isPrivate(request)) {
    return malformed('sent in the clear');
  }
  const encoded = header.slice('basic'.length).replace(/^ +/, '');
  if (encoded.length > maxCredentialsLength) {
    return malformed('too long');
  }
  const bytes = Buffer.from(encoded, 'base64');
  // Node skips what is not base64. A repeated header field, joined by a comma, fails here too.
  if (bytes.length === 0 || withoutPadding(bytes.toString('base64')) !== withoutPadding(encoded)) {
    return malformed('not base64');
  }
  if (!isUtf8(bytes)) {
    return malformed('not UTF-8');
  }
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) {
    return malformed('no colon');
  }
  const username = text.slice(0, colon);
  const password = text.slice(colon + 1);
  if (!isLoginName(username)) {
    return malformed('not a login name');
  }
  // RFC 7617 §2: neither part may have control characters.
  if (password.length > maxPasswordLength || /\p{Cc}/u.test(password)) {
    return malformed('not a password');
  }
  return { status: 'evidence', evidence: { kind: 'password', username, password: new Secret(password) } };
}

function malformed(note: string): MechanismResult {
  return { status: 'malformed', note };
}

function withoutPadding(base64: string): string {
  return base64.replace(/={0,2}$/, '');
}

/** Over TLS, or from a loopback address (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3; IPv4 also as an IPv6 socket names it). */
function isPrivate({ confidential, sourceAddress }: MechanismRequest): boolean {
  return confidential || sourceAddress === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(sourceAddress);
}
