/** @module Why a SAML message was refused before its content was judged: which rule, whose fault, and what to do about it. */
import type { ErrorCode, GatehouseError } from '../../spi/errors.ts';
import type { SignatureFault } from '../xml/verify.ts';

/** `attacker?`: no honest party sends this, as far as anybody knows. */
export type Fault = 'idp' | 'sp' | 'idp-configuration' | 'sp-configuration' | 'clocks' | 'user-agent' | 'attacker?';

export interface Diagnosis {
  /** A short name of what was checked. */
  readonly check: string;
  /** Where the rule is written. */
  readonly clause: string;
  readonly fault: Fault;
  readonly fix: string;
}

/** Who sent the message, and the setting of ours that may be wrong. */
export interface Parties {
  readonly sender: 'idp' | 'sp';
  readonly ourConfiguration: 'idp-configuration' | 'sp-configuration';
}

type Row = readonly [check: string, clause: string, fault: Fault | 'sender' | 'ours', fix: string];

const renewMetadata =
  'Fetch the metadata of the sender again: it may have new keys. If it has not, somebody else made this message.';

const byCode: Partial<Readonly<Record<ErrorCode, Row>>> = {
  ERR_REQUEST_TOO_LARGE: [
    'size',
    'saml-bindings §3.5.5',
    'sender',
    'Send less: fewer attributes or values, or the Artifact binding.',
  ],
  ERR_XML_MALFORMED: [
    'xml',
    'XML 1.0 §2.1',
    'sender',
    'Send well-formed XML with namespaces, in UTF-8 and without a byte order mark. If the message was copied, copy all of it.',
  ],
  ERR_XML_FORBIDDEN: [
    'xml-forbidden',
    'saml-core §1.1',
    'attacker?',
    'A document type, an entity or a processing instruction has no place in a SAML message: find out who put it there.',
  ],
  ERR_XML_LIMIT: [
    'xml-limit',
    'saml-core §1.1',
    'sender',
    'Make the message smaller or shallower; no honest one is as large.',
  ],
  ERR_XML_SCHEMA: [
    'schema',
    'saml-core §1.2',
    'sender',
    'Correct the message where the detail says: it breaks the OASIS schema.',
  ],
  ERR_XML_ENCRYPTION: [
    'decryption',
    'saml-core §6',
    'ours',
    'Give the sender our current metadata, whose encryption key it has to use, with AES-GCM and RSA-OAEP; give this check the key that belongs to it.',
  ],
  ERR_SAML_MALFORMED: [
    'message',
    'saml-core §3.2',
    'sender',
    'Correct the message as it says: it breaks the standard.',
  ],
  ERR_SAML_AMBIGUOUS: [
    'one-assertion',
    'saml-core §5.4.2',
    'attacker?',
    'A Response holds one assertion, in one place. A second one anywhere is how signature wrapping looks.',
  ],
  ERR_SAML_UNSUPPORTED: [
    'supported',
    'saml-core §4.1',
    'sender',
    'Configure the sender for what our metadata offers: SAML 2.0, and the bindings that it names.',
  ],
  ERR_SAML_SIGNATURE_REQUIRED: [
    'signature-missing',
    'saml-profiles §4.1.3.5',
    'sender',
    'Let the sender sign. If it does, somebody has taken the signature away.',
  ],
  ERR_SAML_SIGNATURE_INVALID: ['signature', 'saml-bindings §3.4.4.1', 'ours', renewMetadata],
  ERR_SAML_UNKNOWN_PARTNER: [
    'issuer',
    'saml-core §2.2.5',
    'ours',
    'Register the metadata of this issuer, or renew it when it has run out. If nobody knows the issuer, the message is none of ours.',
  ],
  ERR_SAML_METADATA: [
    'metadata',
    'saml-metadata §2',
    'sender',
    'Get metadata of the sender that holds what the message needs.',
  ],
};

const signatureRows: Readonly<Record<SignatureFault, Row>> = {
  missing: ['signature-missing', 'saml-core §5.4.1', 'sender', 'Let the sender sign this element.'],
  shape: [
    'signature-shape',
    'saml-core §5.4',
    'attacker?',
    'SAML allows one shape of signature only: one reference, to the element that holds it.',
  ],
  algorithm: [
    'signature-algorithm',
    'RFC 6931 §2.3',
    'sender',
    'Let the sender sign with RSA or ECDSA and SHA-256, SHA-384 or SHA-512. SHA-1 and HMAC are refused, and there is no switch.',
  ],
  transforms: [
    'signature-transforms',
    'saml-core §5.4.4',
    'attacker?',
    'Only the enveloped-signature transform and exclusive canonicalization are allowed, in this order.',
  ],
  reference: [
    'signature-reference',
    'saml-core §5.4.2',
    'attacker?',
    'The signature covers another element than the one that holds it. This is how signature wrapping looks.',
  ],
  'duplicate-id': [
    'signature-id',
    'saml-core §1.3.4',
    'attacker?',
    'Two elements share an ID, so that a reference means two things. This is how signature wrapping looks.',
  ],
  key: ['signature-key', 'saml-metadata §2.4.1.1', 'ours', renewMetadata],
  digest: [
    'signature-digest',
    'xmldsig-core §3.2.1',
    'attacker?',
    'The message was changed after it had been signed: by a proxy that reformats XML, by copying, or on purpose.',
  ],
};

/** `undefined` for a fault that says nothing about a message. */
export function diagnoseMessage(error: GatehouseError, parties: Parties): Diagnosis | undefined {
  const reason = error.facts['reason'];
  const row = (error.code === 'ERR_XML_SIGNATURE' && rowOf(reason)) || byCode[error.code];
  return row && diagnosisOf(row, parties);
}

function rowOf(reason: unknown): Row {
  return Object.entries(signatureRows).find(([name]) => name === reason)?.[1] ?? signatureRows.shape;
}

function diagnosisOf([check, clause, fault, fix]: Row, { sender, ourConfiguration }: Parties): Diagnosis {
  const whose = fault === 'sender' ? sender : fault === 'ours' ? ourConfiguration : fault;
  return { check, clause, fault: whose, fix };
}
