/** @module Encrypted parts: everybody has our public key, so that encryption says nothing about who made the message. */
import { type HostileCase, swap } from './hostile-case.ts';

const type = 'Type="http://www.w3.org/2001/04/xmlenc#Element"';

export const encryptions: readonly HostileCase[] = [
  {
    name: 'a signed assertion, encrypted for us',
    outcome: { subject: 'mary' },
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      return swap(response, assertion, workshop.encrypted(assertion));
    },
  },
  {
    name: 'an unsigned assertion, encrypted for us, in a signed Response',
    outcome: { subject: 'mary' },
    make: async (workshop) => {
      const response = await workshop.response({ sign: 'response' });
      const assertion = workshop.assertionIn(response);
      const bare = swap(response, workshop.signatureIn(response), '');
      return workshop.signed(swap(bare, assertion, workshop.encrypted(assertion)));
    },
  },
  {
    name: 'a forged assertion, encrypted for us',
    outcome: 'ERR_SAML_SIGNATURE_REQUIRED',
    make: async (workshop) => {
      const response = await workshop.response({ sign: 'response' });
      const assertion = workshop.assertionIn(response);
      const bare = swap(response, workshop.signatureIn(response), '');
      return swap(bare, assertion, workshop.encrypted(swap(assertion, '>mary<', '>admin<')));
    },
  },
  {
    name: 'a forged assertion, encrypted for us, beside the signed one',
    outcome: 'ERR_SAML_AMBIGUOUS',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const forged = swap(assertion, workshop.signatureIn(assertion), '');
      return swap(response, assertion, workshop.encrypted(forged) + assertion);
    },
  },
  {
    name: 'a forged assertion, encrypted for us, in place of the one of a signed Response',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response({ sign: 'response' });
      const assertion = workshop.assertionIn(response);
      return swap(response, assertion, workshop.encrypted(swap(assertion, '>mary<', '>admin<')));
    },
  },
  {
    name: 'an assertion signed by a stranger, encrypted for us',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const bare = swap(assertion, workshop.signatureIn(assertion), '');
      return swap(response, assertion, workshop.encrypted(await workshop.signed(bare, workshop.stranger)));
    },
  },
  {
    name: 'two assertions in one encryption',
    outcome: 'ERR_XML_MALFORMED',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      return swap(response, assertion, workshop.encrypted(assertion + assertion));
    },
  },
  {
    name: 'a forged assertion around the signed one, encrypted',
    outcome: 'ERR_SAML_AMBIGUOUS',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const forged = swap(swap(assertion, workshop.signatureIn(assertion), ''), '>mary<', '>admin<');
      const around = swap(forged, '</saml:Assertion>', `${assertion}</saml:Assertion>`).replace(
        / ID="[^"]*"/,
        ' ID="_evil"',
      );
      return swap(response, assertion, workshop.encrypted(around));
    },
  },
  {
    name: 'a Response inside the encryption',
    outcome: 'ERR_SAML_AMBIGUOUS',
    make: async (workshop) => {
      const response = await workshop.response({ sign: 'both' });
      return swap(await workshop.response(), /<saml:Assertion .*<\/saml:Assertion>/, workshop.encrypted(response));
    },
  },
  {
    name: 'encrypted with CBC',
    outcome: 'ERR_XML_ENCRYPTION',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      return swap(response, assertion, workshop.encrypted(assertion, 'aes256-cbc'));
    },
  },
  {
    name: 'encrypted for somebody else',
    outcome: 'ERR_XML_ENCRYPTION',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      return swap(response, assertion, workshop.encrypted(assertion, 'aes256-gcm', workshop.stranger));
    },
  },
  {
    name: 'an encrypted text with one byte changed',
    outcome: 'ERR_XML_ENCRYPTION',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const encrypted = workshop.encrypted(assertion);
      const values = [...encrypted.matchAll(/<xenc:CipherValue>([^<]*)/g)].map(([, value = '']) => value);
      const value = values[1] ?? '';
      const bytes = Buffer.from(value, 'base64');
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      return swap(response, assertion, swap(encrypted, value, bytes.toString('base64')));
    },
  },
  {
    name: 'content in place of an element encrypted',
    outcome: 'ERR_XML_ENCRYPTION',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      return swap(
        response,
        assertion,
        swap(workshop.encrypted(assertion), type, 'Type="http://www.w3.org/2001/04/xmlenc#Content"'),
      );
    },
  },
  {
    name: 'a cipher text that is somewhere else',
    outcome: 'ERR_XML_ENCRYPTION',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const elsewhere =
        '<xenc:CipherReference URI="http://127.0.0.1:9/x"></xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>';
      return swap(
        response,
        assertion,
        swap(
          workshop.encrypted(assertion),
          /<xenc:CipherValue>[^<]*<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>/,
          elsewhere,
        ),
      );
    },
  },
  {
    name: 'an encrypted name and an encrypted attribute in a signed assertion',
    outcome: { subject: 'mary' },
    make: (workshop) =>
      workshop.honest((text) => {
        const ns = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
        const hidden = (xml: string, name: string) =>
          workshop.encrypted(xml.replace(/^<saml:\w+/, (tag) => `${tag} ${ns}`)).replaceAll('EncryptedAssertion', name);
        const nameId = /<saml:NameID .*?<\/saml:NameID>/.exec(text)?.[0] ?? '';
        const role = /<saml:Attribute .*?<\/saml:Attribute>/.exec(text)?.[0] ?? '';
        return swap(swap(text, nameId, hidden(nameId, 'EncryptedID')), role, hidden(role, 'EncryptedAttribute'));
      }),
  },
];
