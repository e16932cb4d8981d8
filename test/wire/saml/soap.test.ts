import { describe, expect, it } from 'vitest';
import { readSoap, soapNamespace, writeSoap } from '../../../src/wire/saml/soap.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const read = (xml: string) => readSoap(parseXml(xml));
const envelope = (content: string, namespace = soapNamespace) =>
  `<s:Envelope xmlns:s="${namespace}">${content}</s:Envelope>`;
const message = '<m:Message xmlns:m="urn:example:m" ID="_1"></m:Message>';

describe('a SOAP envelope', () => {
  it('gives back the message that was put in', () => {
    expect(read(writeSoap(message))).toMatchObject({ kind: 'message', element: { localName: 'Message' } });
  });

  it('may have a header that need not be understood', () => {
    const header = '<s:Header><h:a xmlns:h="urn:example:h" s:mustUnderstand="0"/></s:Header>';
    expect(read(envelope(`${header}<s:Body>${message}</s:Body>`)).kind).toBe('message');
  });

  it('may hold a fault, of which the code is told', () => {
    const fault = '<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>';
    expect(read(envelope(`<s:Body>${fault}</s:Body>`))).toEqual({ kind: 'fault', code: 'Server' });
  });

  it.each([
    ['is no envelope', message],
    ['is one of SOAP 1.2', envelope(`<s:Body>${message}</s:Body>`, 'http://www.w3.org/2003/05/soap-envelope')],
    ['has no body', envelope('')],
    ['has an empty body', envelope('<s:Body/>')],
    ['has two messages', envelope(`<s:Body>${message}${message}</s:Body>`)],
    ['has two bodies', envelope(`<s:Body>${message}</s:Body><s:Body>${message}</s:Body>`)],
    ['has something after the body', envelope(`<s:Header/><s:Body>${message}</s:Body>${message}`)],
    ['has a body in the place of the header', envelope(`${message}<s:Body>${message}</s:Body>`)],
    [
      'has a header that must be understood',
      envelope(`<s:Header><h:a xmlns:h="urn:example:h" s:mustUnderstand="1"/></s:Header><s:Body>${message}</s:Body>`),
    ],
  ])('is refused when it %s', (_, xml) => {
    expect(refusalOf(() => read(xml))).toBe('ERR_SAML_MALFORMED');
  });
});
