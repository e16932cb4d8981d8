/** @module Writing an AuthnRequest (saml-core §3.4.1) for an identity provider. */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import type { AuthnContextComparison } from './authn-request-wishes.ts';
import { type BindingName, bindingUri, entityNameIdFormat, samlNamespaces } from './constants.ts';
import { formatInstant } from './values.ts';

export interface AuthnRequestInput {
  readonly id: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  readonly destination: string;
  readonly acs: { readonly url: string; readonly binding: Extract<BindingName, 'HTTP-POST' | 'HTTP-Artifact'> };
  readonly forceAuthn: boolean;
  /** Absent: the provider chooses. */
  readonly nameIdFormat?: string | undefined;
  /** Absent: the provider chooses. */
  readonly authnContext?:
    | { readonly classes: readonly string[]; readonly comparison: AuthnContextComparison }
    | undefined;
}

/** In canonical form without a signature, as the Redirect binding carries it. @throws ERR_XML_FORBIDDEN */
export function buildAuthnRequest(input: AuthnRequestInput): string {
  const { head, tail } = writeAroundSignature(requestOf(input), samlNamespaces);
  return head + tail;
}

/** With an enveloped signature, as the POST binding carries it. @throws ERR_XML_FORBIDDEN */
export function signAuthnRequest(input: AuthnRequestInput, signer: Signer): Promise<string> {
  return signEnveloped(writeAroundSignature(requestOf(input), samlNamespaces), input.id, signer);
}

function requestOf(input: AuthnRequestInput): OutElement {
  const { acs, authnContext } = input;
  return element(
    'samlp:AuthnRequest',
    [
      ['AssertionConsumerServiceURL', acs.url],
      ['Destination', input.destination],
      ['ForceAuthn', input.forceAuthn ? 'true' : undefined],
      ['ID', input.id],
      ['IssueInstant', formatInstant(input.now)],
      ['ProtocolBinding', bindingUri(acs.binding)],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [['Format', entityNameIdFormat]], input.issuer),
    signatureSlot,
    // A person who comes for the first time has no persistent name yet (saml-core §3.4.1.1).
    element('samlp:NameIDPolicy', [
      ['AllowCreate', 'true'],
      ['Format', input.nameIdFormat],
    ]),
    ...(authnContext === undefined
      ? []
      : [
          element(
            'samlp:RequestedAuthnContext',
            [['Comparison', authnContext.comparison]],
            ...authnContext.classes.map((one) => element('saml:AuthnContextClassRef', [], one)),
          ),
        ]),
  );
}
