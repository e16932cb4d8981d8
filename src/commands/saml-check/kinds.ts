/** @module What a document is that somebody took for a SAML message, and what to do with one that belongs elsewhere. */

import { samlNamespaces } from '../../wire/saml/constants.ts';
import type { XmlElement } from '../../wire/xml/element.ts';

/** What can be judged, on each side. */
export const judgedKinds = {
  sp: ['Response', 'ArtifactResponse', 'LogoutRequest', 'LogoutResponse'],
  idp: ['AuthnRequest', 'LogoutRequest', 'LogoutResponse', 'ArtifactResolve', 'AttributeQuery', 'AssertionIDRequest'],
} as const;

export type MessageKind = (typeof judgedKinds)['sp' | 'idp'][number];
export type Side = keyof typeof judgedKinds;

/** `undefined` for what is no message of SAML that this side takes. */
export function kindOf({ namespace, localName }: XmlElement, as: Side): MessageKind | undefined {
  return namespace === samlNamespaces.samlp ? judgedKinds[as].find((kind) => kind === localName) : undefined;
}

const saml11 = 'urn:oasis:names:tc:SAML:1.0:protocol';
const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata';

interface Known {
  readonly namespace: string | RegExp;
  readonly localName: RegExp;
  readonly advice: string;
}

const known: readonly Known[] = [
  {
    namespace: metadata,
    localName: /^Entit(?:y|ies)Descriptor$/,
    advice:
      'This is metadata, not a message: give it as --partner-metadata, or ask "gatehouse metadata lint" what is wrong with it.',
  },
  {
    namespace: samlNamespaces.saml,
    localName: /^(?:Encrypted)?Assertion$/,
    advice: 'This is an assertion without the Response around it: give the whole message as the browser posted it.',
  },
  {
    namespace: samlNamespaces.samlp,
    localName: /^(?:AuthnQuery|AuthzDecisionQuery|ManageNameID\w+|NameIDMapping\w+)$/,
    advice: 'This is a message of a SAML protocol that Gatehouse does not offer.',
  },
  {
    namespace: saml11,
    localName: /./,
    advice: 'This is a message of SAML 1.1: let the sender speak SAML 2.0.',
  },
  {
    namespace: /^http:\/\/(?:schemas\.xmlsoap\.org\/ws|docs\.oasis-open\.org\/ws-)/,
    localName: /./,
    advice: 'This is WS-Trust or WS-Federation: configure the other side for SAML 2.0 (in AD FS, "SAML 2.0 WebSSO").',
  },
  {
    namespace: 'http://www.w3.org/1999/xhtml',
    localName: /./,
    advice: 'This is a web page: give the value of its field SAMLResponse or SAMLRequest.',
  },
];

/** What to do with a document that is something else; `undefined` where nobody knows what it is. */
export function adviceFor(root: XmlElement, as: Side): string | undefined {
  const { namespace, localName } = root;
  if (kindOf(root, as) !== undefined)
    return `This is a ${localName}: say --slo, our logout endpoint, to judge it as one.`;
  const other = as === 'sp' ? 'idp' : 'sp';
  if (kindOf(root, other) !== undefined) {
    return `This is ${/^A/.test(localName) ? 'an' : 'a'} ${localName}, which ${other === 'idp' ? 'an identity provider' : 'a service provider'} takes: judge it with --as ${other}.`;
  }
  if (namespace === '' && /^html$/i.test(localName)) return known.at(-1)?.advice;
  return known.find(
    (one) =>
      (typeof one.namespace === 'string' ? one.namespace === namespace : one.namespace.test(namespace)) &&
      one.localName.test(localName),
  )?.advice;
}
