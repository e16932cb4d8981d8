/** @module What the identity provider tells an enhanced client beside its answer (saml-profiles §4.2.4.4; SAML V2.0 Enhanced Client or Proxy Profile 2.0 §2.3.6). */
import { escapeAttribute } from '../xml/escape.ts';
import { soapNamespace } from './soap.ts';

const ecpNamespace = 'urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp';

/** Whoever gets the envelope has to act on it: the client, which takes the blocks out before it goes on. */
const nextActor = 'http://schemas.xmlsoap.org/soap/actor/next';

export interface EcpHeaders {
  /** Of the partner's metadata. The client compares it with what the service provider has told it, and gives the answer to nobody where they differ. */
  readonly acsUrl: string;
  /** True when a signature of the service provider was verified. */
  readonly requestAuthenticated: boolean;
}

/** SOAP header blocks in canonical form. */
export function writeEcpHeaders({ acsUrl, requestAuthenticated }: EcpHeaders): string {
  const block = (name: string, attribute: string) =>
    `<ecp:${name} xmlns:ecp="${ecpNamespace}" xmlns:soap="${soapNamespace}"${attribute} soap:actor="${nextActor}" soap:mustUnderstand="1"></ecp:${name}>`;
  const response = block('Response', ` AssertionConsumerServiceURL="${escapeAttribute(acsUrl)}"`);
  return requestAuthenticated ? response + block('RequestAuthenticated', '') : response;
}
