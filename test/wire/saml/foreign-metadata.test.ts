/** @module Metadata in the shapes that well-known service providers write: prefixes, order, whitespace and extensions of each. */
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { makeKeyPair } from '../../support/keys.ts';

const certificate = Buffer.from(makeKeyPair('rsa').certificate).toString('base64');
const wrapped = certificate.replace(/.{64}/g, '$&\n');
const md = 'urn:oasis:names:tc:SAML:2.0:metadata';
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings';
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';

const shapes: Readonly<Record<string, string>> = {
  mellon: `<?xml version="1.0"?>
<EntityDescriptor
 entityID="https://sp.example.com"
 xmlns="${md}" xmlns:ds="${ds}">
 <SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="${protocol}">
   <KeyDescriptor use="signing"><KeyInfo xmlns="${ds}"><X509Data><X509Certificate>${wrapped}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
   <KeyDescriptor use="encryption"><KeyInfo xmlns="${ds}"><X509Data><X509Certificate>${wrapped}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
   <SingleLogoutService Binding="${bindings}:SOAP" Location="https://sp.example.com/mellon/logout"/>
   <SingleLogoutService Binding="${bindings}:HTTP-Redirect" Location="https://sp.example.com/mellon/logout"/>
   <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
   <AssertionConsumerService index="0" isDefault="true" Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/mellon/postResponse"/>
   <AssertionConsumerService index="1" Binding="${bindings}:HTTP-Artifact" Location="https://sp.example.com/mellon/artifactResponse"/>
   <AssertionConsumerService index="2" Binding="${bindings}:PAOS" Location="https://sp.example.com/mellon/paosResponse"/>
 </SPSSODescriptor>
</EntityDescriptor>`,
  shibboleth: `<!-- This is example metadata only. -->
<md:EntityDescriptor xmlns:md="${md}" ID="_3" entityID="https://sp.example.com">
  <md:Extensions xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport">
    <alg:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>
    <alg:SigningMethod MinKeySize="256" Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"/>
  </md:Extensions>
  <md:SPSSODescriptor AuthnRequestsSigned="1" protocolSupportEnumeration="${protocol} urn:oasis:names:tc:SAML:1.1:protocol">
    <md:Extensions>
      <init:RequestInitiator xmlns:init="urn:oasis:names:tc:SAML:profiles:SSO:request-init" Binding="urn:oasis:names:tc:SAML:profiles:SSO:request-init" Location="https://sp.example.com/Shibboleth.sso/Login"/>
    </md:Extensions>
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${ds}"><ds:KeyName>sp</ds:KeyName><ds:X509Data><ds:X509SubjectName>CN=sp</ds:X509SubjectName><ds:X509Certificate>${wrapped}
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:ArtifactResolutionService Binding="${bindings}:SOAP" Location="https://sp.example.com/Shibboleth.sso/Artifact/SOAP" index="1"/>
    <md:SingleLogoutService Binding="${bindings}:SOAP" Location="https://sp.example.com/Shibboleth.sso/SLO/SOAP"/>
    <md:AssertionConsumerService Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/Shibboleth.sso/SAML2/POST" index="1"/>
    <md:AssertionConsumerService Binding="${bindings}:HTTP-POST-SimpleSign" Location="https://sp.example.com/Shibboleth.sso/SAML2/POST-SimpleSign" index="2"/>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:1.0:profiles:browser-post" Location="https://sp.example.com/Shibboleth.sso/SAML/POST" index="5"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>`,
  keycloak: `<md:EntityDescriptor xmlns="${md}" xmlns:md="${md}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:ds="${ds}" entityID="https://sp.example.com" ID="ID_1"><md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="false" protocolSupportEnumeration="${protocol} urn:oasis:names:tc:SAML:1.1:protocol http://schemas.xmlsoap.org/ws/2003/07/secext"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:KeyName>k</ds:KeyName><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleLogoutService Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/broker/idp/endpoint"/><md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
   </md:NameIDFormat><md:AssertionConsumerService Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/broker/idp/endpoint" isDefault="true" index="1"/></md:SPSSODescriptor></md:EntityDescriptor>`,
  'AD FS': `<EntityDescriptor ID="_a" entityID="https://sp.example.com" xmlns="${md}"><RoleDescriptor xsi:type="fed:ApplicationServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"><KeyDescriptor use="encryption"><KeyInfo xmlns="${ds}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor></RoleDescriptor><SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="${protocol}"><KeyDescriptor use="encryption"><KeyInfo xmlns="${ds}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><KeyDescriptor use="signing"><KeyInfo xmlns="${ds}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat><AssertionConsumerService Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/adfs/ls/" index="0" isDefault="true"/></SPSSODescriptor><IDPSSODescriptor protocolSupportEnumeration="${protocol}"><SingleSignOnService Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/adfs/ls/"/></IDPSSODescriptor></EntityDescriptor>`,
  SimpleSAMLphp: `<?xml version="1.0" encoding="utf-8"?>
<md:EntityDescriptor xmlns:md="${md}" xmlns:ds="${ds}" entityID="https://sp.example.com" validUntil="2099-01-01T00:00:00Z" cacheDuration="PT604800S">
  <md:SPSSODescriptor protocolSupportEnumeration="${protocol}">
    <md:KeyDescriptor>
      <ds:KeyInfo>
        <ds:X509Data>
          <ds:X509Certificate>${certificate}</ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:AssertionConsumerService Binding="${bindings}:HTTP-POST" Location="https://sp.example.com/module.php/saml/sp/saml2-acs.php/default-sp" index="0"/>
  </md:SPSSODescriptor>
  <md:ContactPerson contactType="technical"><md:GivenName>Administrator</md:GivenName><md:EmailAddress>mailto:na@example.org</md:EmailAddress></md:ContactPerson>
</md:EntityDescriptor>`,
};

describe('metadata in the shape that is written by', () => {
  it.each(Object.entries(shapes))('%s loads, with its key and where answers go', (_name, xml) => {
    const [sp, ...more] = readMetadata(xml);
    expect(more).toEqual([]);
    expect(sp).toMatchObject({ entityId: 'https://sp.example.com' });
    expect(sp?.signingKeys).toHaveLength(1);
    expect(sp?.assertionConsumerServices.some(({ binding }) => binding === 'HTTP-POST')).toBe(true);
  });
});
