import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePost, decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { redirectQuery, signedRedirectQuery } from '../../support/redirect.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const xml = '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>';
const refusal = (query: string) => refusalOf(() => decodeRedirect(query));
const deflated = (bytes: Uint8Array) => `SAMLRequest=${encodeURIComponent(Buffer.from(bytes).toString('base64'))}`;

describe('a redirect', () => {
  it('yields its message', () => {
    expect(decodeRedirect(redirectQuery(xml))).toEqual({ parameter: 'SAMLRequest', xml });
  });

  it('yields a response', () => {
    expect(decodeRedirect(redirectQuery(xml, undefined, 'SAMLResponse')).parameter).toBe('SAMLResponse');
  });

  it('gives back any text and any relay state', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.startsWith('\uFEFF')),
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        (text, relayState) => {
          const decoded = decodeRedirect(redirectQuery(text, relayState));
          expect([decoded.xml, decoded.relayState]).toEqual([text, relayState]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads a plus sign in the relay state as a space', () => {
    expect(decodeRedirect(`${redirectQuery(xml)}&RelayState=a+b%2Bc`).relayState).toBe('a b+c');
  });

  it('takes a relay state that is longer than the specification allows, as service providers send', () => {
    expect(decodeRedirect(redirectQuery(xml, 'x'.repeat(1024))).relayState).toHaveLength(1024);
  });

  it('ignores parameters of other names', () => {
    expect(decodeRedirect(`utm=1&${redirectQuery(xml)}&x`).xml).toBe(xml);
  });

  it('takes the name of its encoding', () => {
    const encoding = encodeURIComponent('urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE');
    expect(decodeRedirect(`${redirectQuery(xml)}&SAMLEncoding=${encoding}`).xml).toBe(xml);
  });

  it.each([
    ['without a message', 'RelayState=x'],
    ['that is empty', ''],
    ['with request and response', `${redirectQuery(xml)}&${redirectQuery(xml, undefined, 'SAMLResponse')}`],
    ['with two messages', `${redirectQuery(xml)}&${redirectQuery(xml)}`],
    ['with two relay states', `${redirectQuery(xml, 'a')}&RelayState=b`],
    ['with two signatures', `${redirectQuery(xml)}&SigAlg=a&Signature=&Signature=`],
    ['with a parameter name in disguise', `${redirectQuery(xml)}&SAML%52equest=x`],
    ['with a parameter without a value', 'SAMLRequest'],
    ['with an empty message', 'SAMLRequest='],
    ['with a signature but no algorithm', `${redirectQuery(xml)}&Signature=QUJD`],
    ['with an algorithm but no signature', `${redirectQuery(xml)}&SigAlg=x`],
    ['with a signature that is not base64', `${redirectQuery(xml)}&SigAlg=x&Signature=*`],
    ['with a percent sign alone', `${redirectQuery(xml)}%`],
    ['with bytes in percent encoding that are not UTF-8', `${redirectQuery(xml)}&RelayState=%ff`],
    ['that is not base64', 'SAMLRequest=!!!!'],
    ['with a plus sign that was not encoded', `SAMLRequest=${'+'.repeat(3)}`],
    ['that is base64 but not DEFLATE', `SAMLRequest=${encodeURIComponent(Buffer.from(xml).toString('base64'))}`],
    ['that is cut short', deflated(deflateRawSync(xml).subarray(0, -3))],
    ['with bytes after the message', deflated(Buffer.concat([deflateRawSync(xml), Buffer.from('x')]))],
  ])('%s is refused', (_what, query) => {
    expect(refusal(query)).toBe('ERR_SAML_MALFORMED');
  });

  it('with another encoding is refused', () => {
    expect(refusal(`${redirectQuery(xml)}&SAMLEncoding=urn%3Aother`)).toBe('ERR_SAML_UNSUPPORTED');
  });

  it('that is not UTF-8 is refused', () => {
    expect(refusal(redirectQuery(Uint8Array.from([0x3c, 0xff, 0x3e])))).toBe('ERR_XML_MALFORMED');
  });

  it.each([
    ['a query that is too long', `x=${'x'.repeat(32 * 1024)}&${redirectQuery(xml)}`],
    ['a relay state that is too long', redirectQuery(xml, 'x'.repeat(1025))],
    ['a relay state that is too long in bytes', redirectQuery(xml, '€'.repeat(342))],
    ['a deflate bomb', redirectQuery(Buffer.alloc(16 * 1024 * 1024, 0x20))],
  ])('with %s is refused', (_what, query) => {
    expect(refusal(query)).toBe('ERR_REQUEST_TOO_LARGE');
  });

  it('of any text is decoded or refused', () => {
    const part = fc.constantFrom(
      'SAMLRequest',
      'RelayState',
      'SigAlg',
      'Signature',
      '=',
      '&',
      '%',
      '+',
      'QUJD',
      '%3D',
      '%ff',
      redirectQuery(xml),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        expect(['ERR_SAML_MALFORMED', 'ERR_XML_MALFORMED', undefined]).toContain(refusal(parts.join('')));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the signature of a redirect', () => {
  const rsa = makeKeyPair('rsa');
  const ec = makeKeyPair('ec');
  const refusalOfSigned = (query: string, keys = [rsa.publicKey]) =>
    refusalOf(() => verifyRedirectSignature(decodeRedirect(query).signature!, keys));

  it.each([
    ['rsa-sha256', rsa],
    ['rsa-sha512', rsa],
    ['ecdsa-sha256', ec],
  ] as const)('is accepted when made with %s', async (algorithm, pair) => {
    const query = await signedRedirectQuery(xml, signerOf(pair, algorithm), 'a b/c');
    expect(refusalOfSigned(query, [pair.publicKey])).toBeUndefined();
  });

  it('covers the octets as they arrived, not as we would write them', async () => {
    const octets = `${redirectQuery(xml).replaceAll('%2B', '%2b').replaceAll('%2F', '%2f')}&RelayState=a+b&SigAlg=http://www.w3.org/2001/04/xmldsig-more%23rsa-sha256`;
    const value = Buffer.from(await signerOf(rsa, 'rsa-sha256').sign(Buffer.from(octets))).toString('base64');
    expect(refusalOfSigned(`${octets}&Signature=${encodeURIComponent(value)}`)).toBeUndefined();
  });

  it('is accepted when the parameters come in another order than they are signed in', async () => {
    const [message, relayState, algorithm, value] = (
      await signedRedirectQuery(xml, signerOf(rsa, 'rsa-sha256'), 'x')
    ).split('&');
    expect(refusalOfSigned([value, algorithm, relayState, message].join('&'))).toBeUndefined();
  });

  it.each([
    ['the relay state was changed', (query: string) => query.replace('RelayState=x', 'RelayState=y')],
    ['the relay state was removed', (query: string) => query.replace('&RelayState=x', '')],
    ['the algorithm was changed', (query: string) => query.replace('rsa-sha256', 'rsa-sha512')],
    [
      'the algorithm is SHA-1',
      (query: string) => query.replace('2001%2F04%2Fxmldsig-more%23rsa-sha256', '2000%2F09%2Fxmldsig%23rsa-sha1'),
    ],
    ['the algorithm is an HMAC', (query: string) => query.replace('rsa-sha256', 'hmac-sha256')],
    ['the algorithm is of another key type', (query: string) => query.replace('rsa-sha256', 'ecdsa-sha256')],
    ['the value is empty', (query: string) => query.replace(/Signature=.*/, 'Signature=')],
    ['request was renamed to response', (query: string) => query.replace('SAMLRequest', 'SAMLResponse')],
  ])('is refused when %s', async (_what, change) => {
    const query = await signedRedirectQuery(xml, signerOf(rsa, 'rsa-sha256'), 'x');
    expect(change(query)).not.toBe(query);
    expect(refusalOfSigned(change(query))).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  it('is refused when a relay state was added', async () => {
    const query = await signedRedirectQuery(xml, signerOf(rsa, 'rsa-sha256'));
    expect(refusalOfSigned(`${query}&RelayState=x`)).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  it('is refused when it was made with another key', async () => {
    const query = await signedRedirectQuery(xml, signerOf(rsa, 'rsa-sha256'));
    expect(refusalOfSigned(query, [makeKeyPair('rsa').publicKey, ec.publicKey])).toBe('ERR_SAML_SIGNATURE_INVALID');
  });
});

describe('a form field', () => {
  it('yields its message', () => {
    expect(decodePost(Buffer.from(xml).toString('base64'))).toBe(xml);
  });

  it('may be wrapped into lines', () => {
    expect(decodePost(Buffer.from(xml).toString('base64').replace(/.{20}/g, '$&\r\n'))).toBe(xml);
  });

  it('that is not base64 is refused', () => {
    expect(refusalOf(() => decodePost(xml))).toBe('ERR_SAML_MALFORMED');
  });

  it('that is not UTF-8 is refused', () => {
    expect(refusalOf(() => decodePost(Buffer.from([0xff]).toString('base64')))).toBe('ERR_XML_MALFORMED');
  });

  it('that is too large is refused', () => {
    expect(refusalOf(() => decodePost('A'.repeat(400_000)))).toBe('ERR_REQUEST_TOO_LARGE');
  });
});
