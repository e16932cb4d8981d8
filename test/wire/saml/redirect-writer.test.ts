import { describe, expect, it } from 'vitest';
import { decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { buildRedirectUrl } from '../../../src/wire/saml/redirect-writer.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const rsa = makeKeyPair('rsa');
const location = 'https://sp.example.com/slo';
const input = { parameter: 'SAMLRequest', xml: '<a>ä & +</a>', relayState: 'a b&c=d+é' } as const;
const queryOf = (url: string) => url.slice(url.indexOf('?') + 1);

describe('a redirect', () => {
  it.each([
    ['rsa-sha256', rsa],
    ['rsa-sha512', rsa],
    ['ecdsa-sha256', makeKeyPair('ec')],
  ] as const)('signed by %s is read as what it was written from, and its signature holds', async (algorithm, pair) => {
    const decoded = decodeRedirect(queryOf(await buildRedirectUrl(location, input, signerOf(pair, algorithm))));
    const { signature, ...rest } = decoded;
    expect(rest).toEqual(input);
    if (signature === undefined) throw new Error('there is no signature');
    expect(refusalOf(() => verifyRedirectSignature(signature, [pair.publicKey]))).toBeUndefined();
    const other = { ...signature, signedOctets: signature.signedOctets.replace('RelayState=a', 'RelayState=b') };
    expect(refusalOf(() => verifyRedirectSignature(other, [pair.publicKey]))).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  it('keeps the query that the location has', async () => {
    const url = new URL(await buildRedirectUrl(`${location}?tenant=1`, input, signerOf(rsa, 'rsa-sha256')));
    expect([...url.searchParams.keys()]).toEqual(['tenant', 'SAMLRequest', 'RelayState', 'SigAlg', 'Signature']);
    expect(decodeRedirect(url.search.slice(1)).xml).toBe(input.xml);
  });

  it('without a relay state has none', async () => {
    const { relayState: _, ...without } = input;
    const url = await buildRedirectUrl(location, without, signerOf(rsa, 'rsa-sha256'));
    expect(decodeRedirect(queryOf(url)).relayState).toBeUndefined();
  });
});
