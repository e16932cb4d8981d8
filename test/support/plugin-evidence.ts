/** @module One piece of evidence of each kind, and names that attack what is behind a login form. */
import type {
  Evidence,
  EvidenceKind,
  ModuleEvidence,
  PasswordEvidence,
  VerifiedResponseEvidence,
} from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';

export function password(username: string, text: string): PasswordEvidence {
  return { kind: 'password', username, password: new Secret(text) };
}

/** What an identity provider says of somebody. */
export function verifiedResponse(
  name: string,
  changes: Partial<VerifiedResponseEvidence> = {},
): VerifiedResponseEvidence {
  return {
    kind: 'verified-response',
    identityProvider: 'https://idp.example.com/saml/idp',
    nameId: { value: name },
    attributes: [],
    authnInstant: 0,
    solicited: true,
    signed: 'assertion',
    encrypted: false,
    ...changes,
  };
}

export const evidenceOfEachKind: { readonly [K in EvidenceKind]: Extract<ModuleEvidence, { readonly kind: K }> } = {
  anonymous: { kind: 'anonymous' },
  password: password('nobody-has-this-name', 'nor-this-password'),
  digest: {
    kind: 'digest',
    username: 'nobody-has-this-name',
    realm: 'ApplicationRealm',
    algorithm: 'MD5',
    method: 'GET',
    uri: '/',
    nonce: 'n',
    response: new Secret('0'.repeat(32)),
  },
  certificate: { kind: 'certificate', chain: [new Uint8Array([0x30, 0x00])] },
  negotiate: { kind: 'negotiate', token: new Secret(new Uint8Array([0x60])) },
  assertion: { kind: 'assertion', xml: new Secret(new Uint8Array([0x3c])) },
  'verified-response': verifiedResponse('nobody-has-this-name'),
  assumed: { kind: 'assumed', username: 'nobody-has-this-name' },
  connection: { kind: 'connection', username: 'nobody-has-this-name', realm: 'ApplicationRealm' },
};

/** What a client can show: nothing is assumed, and nothing was verified by an endpoint of ours. */
export const shownKinds = (Object.keys(evidenceOfEachKind) as readonly EvidenceKind[]).filter(
  (kind): kind is Evidence['kind'] => kind !== 'assumed' && kind !== 'verified-response',
);

export const allEvidenceKinds = Object.keys(evidenceOfEachKind) as readonly EvidenceKind[];

/** The evidence with its secrets laid open: two `Secret`s look alike to a comparison, whatever they hold. */
export function revealed(evidence: ModuleEvidence): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(evidence).map(([field, value]) => [field, value instanceof Secret ? value.reveal() : value]),
  );
}

/** The secrets in it as text, bytes in base64. */
export function secretTexts(evidence: ModuleEvidence): readonly string[] {
  return Object.values(evidence).flatMap((value: unknown) => {
    if (!(value instanceof Secret)) return [];
    const secret: unknown = value.reveal();
    return [secret instanceof Uint8Array ? Buffer.from(secret).toString('base64') : String(secret)];
  });
}

/** What an attacker types for a name: `[what it is, the name]`. */
export const hostileNames: readonly (readonly [string, string])[] = [
  ['a wildcard', '*'],
  ['an LDAP filter', 'x)(uid=*'],
  ['SQL', "' or '1'='1' --"],
  ['a NUL', 'alice\u0000'],
  ['a line break', 'alice\r\nadmin=x'],
  ['double quotes', '"alice"'],
  ['four kilobytes', 'a'.repeat(4096)],
  ['bidirectional controls', '\u202ealice\u2066'],
  ['a property separator', 'alice=x'],
  ['a name of Object.prototype', '__proto__'],
  ['the empty name', ''],
  ['a lone surrogate', 'alice\ud800'],
];
