import { describe, expect, it } from 'vitest';
import { writeEcpHeaders } from '../../../src/wire/saml/ecp.ts';
import { readSoap, type SoapFaultCode, writeSoap, writeSoapFault } from '../../../src/wire/saml/soap.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { child, childElements } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';

const fault = (code: SoapFaultCode, text = 'No.') =>
  writeSoapFault({ code, text, error: 'ERR_XML_SCHEMA', decision: '01ABC' });

describe('a SOAP fault', () => {
  it.each(['Client', 'Server', 'MustUnderstand', 'VersionMismatch'] as const)('of the code %s is read back', (code) => {
    expect(readSoap(parseXml(fault(code)))).toEqual({ kind: 'fault', code });
  });

  it('has a detail unless it is about a header (SOAP 1.1 §4.4)', () => {
    expect(fault('Client')).toContain(
      '<detail><fault xmlns="urn:gatehouse:fault" code="ERR_XML_SCHEMA" decision="01ABC"></fault></detail>',
    );
    expect(fault('MustUnderstand')).not.toContain('detail');
  });

  it('holds its text as text', () => {
    expect(fault('Client', '<x>&')).toContain(
      '<faultstring>&lt;x&gt;&amp; (ERR_XML_SCHEMA, decision 01ABC)</faultstring>',
    );
  });
});

describe('the header blocks for an enhanced client', () => {
  const headers = (requestAuthenticated: boolean) =>
    writeEcpHeaders({ acsUrl: 'https://sp.invalid/?a=1&b="2"', requestAuthenticated });

  it('name the endpoint, escaped, and must be understood', () => {
    const root = parseXml(writeSoap('<m xmlns="urn:m"></m>', headers(false)));
    const [block, second] = childElements(child(root, root.namespace, 'Header')!);
    expect(second).toBeUndefined();
    expect(block?.attributes.map(({ localName, value }) => [localName, value])).toEqual([
      ['AssertionConsumerServiceURL', 'https://sp.invalid/?a=1&b="2"'],
      ['actor', 'http://schemas.xmlsoap.org/soap/actor/next'],
      ['mustUnderstand', '1'],
    ]);
  });

  it('say that the request was authenticated only when it was', () => {
    expect([headers(true), headers(false)].map((text) => text.includes('RequestAuthenticated'))).toEqual([true, false]);
  });

  it('are in canonical form', () => {
    expect(canonicalize(parseXml(headers(false)))).toBe(headers(false));
  });
});
