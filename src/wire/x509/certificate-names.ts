/** @module The name that a certificate gives its holder: JBoss's principal mappings (jboss-facts §2.5), and two alternative names. */
import type { PrincipalSource } from '../../spi/certificate-module.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { readGeneralNames } from './general-names.ts';
import { attributeTexts, commonName, formatX500Name } from './x500-name.ts';

const subjectAltName = '2.5.29.17';
/** Microsoft's user principal name. */
const userPrincipalName = '1.3.6.1.4.1.311.20.2.3';

/** `undefined`: no certificate, or it has nothing there. */
export function certificateName(der: Uint8Array, source: PrincipalSource): string | undefined {
  const certificate = readCertificate(der);
  const name = certificate === undefined ? undefined : nameFrom(certificate, source);
  return name === '' ? undefined : name;
}

function nameFrom(certificate: Certificate, source: PrincipalSource): string | undefined {
  switch (source) {
    case 'SubjectDN':
      return formatX500Name(certificate.subject);
    case 'SubjectCN':
      return attributeTexts(certificate.subject, commonName).at(-1);
    case 'SerialNumberIssuerDN':
      return `${certificate.serialNumber} ${formatX500Name(certificate.issuer)}`;
    case 'email':
    case 'UPN':
      return onlyAlternative(certificate, source);
    default:
      return source satisfies never;
  }
}

/** Of several, nobody can say which one is meant: then there is none. */
function onlyAlternative({ extensions }: Certificate, source: 'email' | 'UPN'): string | undefined {
  const extension = extensions.get(subjectAltName);
  const names = extension === undefined ? [] : (readGeneralNames(extension.value) ?? []);
  const found = names.flatMap((name) => {
    if (source === 'email') return name.kind === 'email' ? name.text : [];
    return name.kind === 'other' && name.type === userPrincipalName ? (name.text ?? []) : [];
  });
  return found.length === 1 ? found[0] : undefined;
}
