/** @module What the linter of metadata finds: named, with the clause, whose fault it is and what to do. */

/** `partner` who made the metadata, `publisher` who put it into an aggregate, `here` our own clock, file or options. */
export type LintFault = 'partner' | 'publisher' | 'here';

export interface LintRule {
  /** `error`: Gatehouse cannot work with it, or nobody should. `warning`: it works here, and will not everywhere or for ever. */
  readonly level: 'error' | 'warning';
  readonly fault: LintFault;
  readonly clause: string;
  readonly message: string;
  readonly fix: string;
}

/** Closed: a test makes a document for each. */
export const lintRules = {
  'not-read': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2; XML 1.0',
    message: 'It is not metadata that can be read',
    fix: 'export the metadata again, as UTF-8, without a DTD; do not copy it out of a browser window',
  },
  'schema-invalid': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-schema-metadata-2.0.xsd',
    message: 'It is not valid against the OASIS schema: other software may refuse it',
    fix: 'let the software of the partner make the metadata; what was edited by hand is often out of order',
  },
  'signature-wrong': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §3',
    message: 'It is not signed with the key of --signing-certificate',
    fix: 'ask the publisher for the certificate it signs with now; keep both during a roll-over',
  },
  'signature-sha1': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-core §5.4; NIST SP 800-131A',
    message: 'It is signed with SHA-1, which is refused where the signature is pinned',
    fix: 'sign with rsa-sha256 or ecdsa-sha256',
  },
  'entity-id-missing': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.3.2, saml-core §8.3.6',
    message: 'An entity has no entityID, or one that is longer than 1024 characters',
    fix: 'give it an entityID: a URI of its own that never changes',
  },
  'entity-twice': {
    level: 'error',
    fault: 'publisher',
    clause: 'saml-metadata §2.3.1',
    message: 'The entity comes twice',
    fix: 'take one of them out',
  },
  'role-missing': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4.1',
    message: 'The entity has no such role for SAML 2.0',
    fix: 'ask for the metadata of the other side, or look with another --as; protocolSupportEnumeration must name urn:oasis:names:tc:SAML:2.0:protocol',
  },
  'role-twice': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4.1',
    message: 'The entity has the role twice: which of them counts nobody can tell',
    fix: 'make one role of them',
  },
  'role-unreadable': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4',
    message: 'The role cannot be read',
    fix: 'correct what the detail names',
  },
  'valid-until-passed': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.3.1',
    message: 'validUntil has passed: the metadata says nothing any more',
    fix: 'fetch the metadata again; if it is fresh, the publisher has to renew it. Look at the clock here too',
  },
  'valid-until-soon': {
    level: 'warning',
    fault: 'partner',
    clause: 'saml-metadata §2.3.1',
    message: 'validUntil is less than a week away',
    fix: 'use metadata-url, or fetch the file again in time',
  },
  'valid-until-missing': {
    level: 'warning',
    fault: 'publisher',
    clause: 'SAML V2.0 Metadata Interoperability Profile §2.2',
    message: 'It is signed and has no validUntil: an old copy could be presented for ever',
    fix: 'the publisher should set validUntil some days ahead',
  },
  'certificate-unreadable': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4.1.1',
    message: 'A certificate is not base64 of DER',
    fix: 'put the PEM body between BEGIN and END there, without those lines',
  },
  'certificate-expired': {
    level: 'warning',
    fault: 'partner',
    clause: 'SAML V2.0 Metadata Interoperability Profile §2.6.1',
    message: 'A certificate has expired. Its key counts here nevertheless; other software refuses it',
    fix: 'roll the key over: publish the new one beside it first',
  },
  'certificate-future': {
    level: 'warning',
    fault: 'here',
    clause: 'RFC 5280 §4.1.2.5',
    message: 'A certificate is not valid yet: one of the two clocks is wrong',
    fix: 'compare the clock here with a time server, then ask the partner to',
  },
  'key-weak': {
    level: 'error',
    fault: 'partner',
    clause: 'NIST SP 800-131A',
    message: 'An RSA key has less than 2048 bits: it can be broken',
    fix: 'make a key of 2048 bits or more, or one on P-256',
  },
  'key-missing-signing': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4.1.1, §2.4.4',
    message: 'Its messages are to be signed, and there is no key to check them with',
    fix: 'add a KeyDescriptor for signing, or say AuthnRequestsSigned="false"',
  },
  'key-missing-encryption': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4.1.1',
    message: 'Assertions are to be encrypted, and there is no RSA key to encrypt with',
    fix: 'add a KeyDescriptor with use="encryption", or without a use, that holds an RSA certificate',
  },
  'acs-missing': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-profiles §4.1.4',
    message:
      'There is no AssertionConsumerService by whose binding answers are sent: HTTP-POST, HTTP-Artifact or, to clients that are no browsers, PAOS',
    fix: 'add one with Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"',
  },
  'sso-missing': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.4.3',
    message: 'There is no SingleSignOnService for HTTP-Redirect or HTTP-POST',
    fix: 'add one',
  },
  'endpoint-http': {
    level: 'warning',
    fault: 'partner',
    clause: 'saml-bindings §3.5.5.1',
    message: 'An endpoint is http: whoever is on the way reads the assertion and can use it first',
    fix: 'serve it over https, and export the metadata anew',
  },
  'index-twice': {
    level: 'error',
    fault: 'partner',
    clause: 'saml-metadata §2.2.3',
    message: 'Two endpoints of one kind have one index',
    fix: 'number them',
  },
  'default-twice': {
    level: 'warning',
    fault: 'partner',
    clause: 'saml-metadata §2.2.3',
    message: 'Two endpoints of one kind are the default; the first counts',
    fix: 'mark one',
  },
  'name-id-unknown': {
    level: 'warning',
    fault: 'partner',
    clause: 'saml-core §8.3',
    message: 'None of its NameIDFormats is known here: it will get unspecified',
    fix: 'add one of the formats that are in our own metadata, or set name-id-format for the partner',
  },
} as const satisfies Readonly<Record<string, LintRule>>;

export type LintCode = keyof typeof lintRules;

export interface LintFinding extends LintRule {
  readonly code: LintCode;
  /** Absent when it is about the document. */
  readonly entityId?: string;
  readonly detail?: string;
}

export function finding(
  code: LintCode,
  at: { readonly entityId?: string; readonly detail?: string } = {},
): LintFinding {
  return { code, ...lintRules[code], ...at };
}
