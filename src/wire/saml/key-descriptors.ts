/** @module The keys of a role in metadata of ours (saml-metadata §2.4.1.1): with which we sign, and with which others may encrypt for us. */
import { encodeBase64 } from '../encoding/base64.ts';
import { contentCipherFacts, keyTransportFacts } from '../xml/encryption-algorithms.ts';
import { element, type OutElement } from '../xml/writer.ts';

export interface OwnCertificates {
  /** DER, active first; during a roll-over every certificate that may have signed. */
  readonly certificates: readonly Uint8Array[];
  /** DER, active first: partners take the first. */
  readonly encryptionCertificates?: readonly Uint8Array[];
}

/** What we open and every library knows. CBC is not offered: it notices no change. */
const encryptionMethods = [
  contentCipherFacts['aes256-gcm'].uri,
  contentCipherFacts['aes128-gcm'].uri,
  keyTransportFacts['rsa-oaep-sha1'].uri,
];

/** `md:KeyDescriptor` for each certificate and use; the same for an identity provider and a service provider. */
export function keyDescriptors({ certificates, encryptionCertificates = [] }: OwnCertificates): readonly OutElement[] {
  return [
    ...certificates.map((certificate) => element('md:KeyDescriptor', [['use', 'signing']], keyInfo(certificate))),
    ...encryptionCertificates.map((certificate) =>
      element(
        'md:KeyDescriptor',
        [['use', 'encryption']],
        keyInfo(certificate),
        ...encryptionMethods.map((uri) => element('md:EncryptionMethod', [['Algorithm', uri]])),
      ),
    ),
  ];
}

function keyInfo(certificate: Uint8Array): OutElement {
  const x509 = element('ds:X509Certificate', [], encodeBase64(certificate));
  return element('ds:KeyInfo', [], element('ds:X509Data', [], x509));
}
