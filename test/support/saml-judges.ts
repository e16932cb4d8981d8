/** @module Foreign judges of what we issue: xmlsec1 for signatures, xmllint with Debian's copies of the OASIS and W3C schemas for form. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FinishedProgram, runProgram } from './child-process.ts';
import type { KeyPair } from './key-pairs.ts';
import { newRequestId } from './service-provider.ts';

export type SignedElement =
  | 'Response'
  | 'ArtifactResponse'
  | 'Assertion'
  | 'LogoutRequest'
  | 'LogoutResponse'
  | 'NameIDMappingResponse'
  | 'ManageNameIDResponse'
  | 'EntityDescriptor';

const namespaces: Readonly<Record<SignedElement, string>> = {
  Response: 'urn:oasis:names:tc:SAML:2.0:protocol',
  ArtifactResponse: 'urn:oasis:names:tc:SAML:2.0:protocol',
  Assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  LogoutRequest: 'urn:oasis:names:tc:SAML:2.0:protocol',
  LogoutResponse: 'urn:oasis:names:tc:SAML:2.0:protocol',
  NameIDMappingResponse: 'urn:oasis:names:tc:SAML:2.0:protocol',
  ManageNameIDResponse: 'urn:oasis:names:tc:SAML:2.0:protocol',
  EntityDescriptor: 'urn:oasis:names:tc:SAML:2.0:metadata',
};

const metadataSchema = '/usr/share/xml/opensaml/saml-schema-metadata-2.0.xsd';

/** A message of SAML, with XML Encryption 1.1, which its schema leaves open; or a whole envelope of SOAP 1.1, with the headers of ECP. */
const messageSchema = `<schema xmlns="http://www.w3.org/2001/XMLSchema">
<import namespace="http://schemas.xmlsoap.org/soap/envelope/" schemaLocation="/usr/share/xml/xmltooling/soap-envelope.xsd"/>
<import namespace="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" schemaLocation="/usr/share/xml/opensaml/saml-schema-ecp-2.0.xsd"/>
<import namespace="urn:oasis:names:tc:SAML:2.0:protocol" schemaLocation="/usr/share/xml/opensaml/saml-schema-protocol-2.0.xsd"/>
<import namespace="http://www.w3.org/2009/xmlenc11#" schemaLocation="/usr/share/xml/xmltooling/xenc11-schema.xsd"/>
</schema>`;

/** The names by which Debian's schemas import one another, and the files that stand for them. */
const catalog = `<?xml version="1.0"?>
<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<system systemId="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd" uri="file:///usr/share/xml/xmltooling/xmldsig-core-schema.xsd"/>
<system systemId="http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd" uri="file:///usr/share/xml/xmltooling/xenc-schema.xsd"/>
<system systemId="http://schemas.xmlsoap.org/soap/envelope/" uri="file:///usr/share/xml/xmltooling/soap-envelope.xsd"/>
<system systemId="http://www.w3.org/2001/xml.xsd" uri="file:///usr/share/xml/xmltooling/xml.xsd"/>
<system systemId="http://www.w3.org/2001/XMLSchema.dtd" uri="file:///dev/null"/>
</catalog>
`;

export interface SamlJudges {
  /** xmlsec1's verdict on the signature that stands directly in the element. */
  signature(xml: string, element: SignedElement, keys: Pick<KeyPair, 'certificatePath'>): Promise<FinishedProgram>;
  schema(xml: string, kind: 'protocol' | 'metadata' | 'soap'): Promise<FinishedProgram>;
  /** What they have against a Response whose assertion is signed; empty when nothing. */
  objections(responses: readonly string[], keys: Pick<KeyPair, 'certificatePath'>): Promise<readonly string[]>;
}

/** @param folder where the documents are put for the programs to read. */
export async function createSamlJudges(folder: string): Promise<SamlJudges> {
  const catalogPath = join(folder, 'catalog.xml');
  await writeFile(catalogPath, catalog);
  const message = join(folder, 'message.xsd');
  await writeFile(message, messageSchema);
  const saved = async (xml: string) => {
    const file = join(folder, `${newRequestId()}.xml`);
    await writeFile(file, xml);
    return file;
  };
  const judges: SamlJudges = {
    async signature(xml, element, keys) {
      const path =
        element === 'Assertion'
          ? "/*[local-name()='Response']/*[local-name()='Assertion']"
          : `/*[local-name()='${element}']`;
      // Every element that may carry the ID is named, or xmlsec1 cannot follow the reference.
      const ids = Object.entries(namespaces).flatMap(([name, uri]) => ['--id-attr:ID', `${uri}:${name}`]);
      const place = ['--node-xpath', `${path}/*[local-name()='Signature']`];
      const key = ['--pubkey-cert-pem', keys.certificatePath, '--enabled-key-data', 'key-name'];
      return runProgram('xmlsec1', ['--verify', ...ids, ...place, ...key, await saved(xml)]);
    },
    async schema(xml, kind) {
      const env = { ...process.env, XML_CATALOG_FILES: catalogPath };
      return runProgram(
        'xmllint',
        ['--nonet', '--noout', '--schema', kind === 'metadata' ? metadataSchema : message, await saved(xml)],
        {
          env,
        },
      );
    },
    async objections(responses, keys) {
      const verdicts: FinishedProgram[] = [];
      for (const xml of responses) {
        verdicts.push(await judges.signature(xml, 'Assertion', keys), await judges.schema(xml, 'protocol'));
      }
      return verdicts.filter(({ code }) => code !== 0).map(({ output }) => output);
    },
  };
  return judges;
}
