/** @module Foreign judges of XML: xmlsec1 and xmllint as processes, libxml2 in this one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type XmlElement as LibxmlElement, ParseOption, XmlC14NMode, XmlDocument } from 'libxml2-wasm';

const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

/** ID attributes that SAML declares, as xmlsec1 has to be told. */
const idAttributes = [
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'Response'],
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'AuthnRequest'],
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'ArtifactResponse'],
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'LogoutRequest'],
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'LogoutResponse'],
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'ManageNameIDResponse'],
  ['urn:oasis:names:tc:SAML:2.0:protocol', 'NameIDMappingResponse'],
  ['urn:oasis:names:tc:SAML:2.0:assertion', 'Assertion'],
  ['urn:oasis:names:tc:SAML:2.0:metadata', 'EntityDescriptor'],
  ['urn:oasis:names:tc:SAML:2.0:metadata', 'EntitiesDescriptor'],
].flatMap(([namespace, name]) => ['--id-attr:ID', `${namespace}:${name}`]);

/** Which schema a document of each kind is judged by, in Debian's opensaml-schemas. */
const debianSchemas = {
  protocol: '/usr/share/xml/opensaml/saml-schema-protocol-2.0.xsd',
  metadata: '/usr/share/xml/opensaml/saml-schema-metadata-2.0.xsd',
} as const;

/** Debian's own catalogs name the schemas by namespace; the schemas import one another by these addresses. */
const catalog = `<?xml version="1.0"?><catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">${[
  ['http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd', 'xmldsig-core-schema.xsd'],
  ['http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd', 'xenc-schema.xsd'],
  ['http://www.w3.org/2001/xml.xsd', 'xml.xsd'],
]
  .map(([name, file]) => `<system systemId="${name}" uri="file:///usr/share/xml/xmltooling/${file}"/>`)
  .join('')}</catalog>`;

export interface Verdict {
  readonly accepted: boolean;
  readonly output: string;
}

/** Verifies the signature at `xpath` (the first one without) with xmlsec1 and the certificate. */
export function xmlsecVerify(xml: string, certificatePem: string, xpath?: string): Verdict {
  return inFolder({ 'document.xml': xml, 'certificate.pem': certificatePem }, (folder) => {
    const node = xpath === undefined ? [] : ['--node-xpath', xpath];
    const key = ['--pubkey-cert-pem', join(folder, 'certificate.pem'), '--enabled-key-data', 'key-name'];
    return run('xmlsec1', ['--verify', ...key, ...idAttributes, ...node, join(folder, 'document.xml')]);
  });
}

/** Signs a document that holds an empty signature template. */
export function xmlsecSign(template: string, privateKeyPem: string): string {
  return inFolder({ 'template.xml': template, 'key.pem': privateKeyPem }, (folder) => {
    const output = join(folder, 'template.xml');
    const verdict = run('xmlsec1', ['--sign', '--privkey-pem', join(folder, 'key.pem'), ...idAttributes, output]);
    if (!verdict.accepted) throw new Error(verdict.output);
    return verdict.output;
  });
}

/** Validates with xmllint against the OASIS schemas that Debian ships. */
export function xmllintValidate(xml: string, kind: keyof typeof debianSchemas): Verdict {
  const files = { 'document.xml': xml, 'catalog.xml': catalog, 'joined.xsd': joinedSchema(kind) };
  return inFolder(files, (folder) =>
    run('xmllint', ['--nonet', '--noout', '--schema', join(folder, 'joined.xsd'), join(folder, 'document.xml')], {
      XML_CATALOG_FILES: join(folder, 'catalog.xml'),
    }),
  );
}

/** The schema of SAML with that of XML Encryption 1.1, which it leaves open. */
function joinedSchema(kind: keyof typeof debianSchemas): string {
  const imports = [
    [`urn:oasis:names:tc:SAML:2.0:${kind}`, debianSchemas[kind]],
    ['http://www.w3.org/2009/xmlenc11#', '/usr/share/xml/xmltooling/xenc11-schema.xsd'],
  ].map(([namespace, file]) => `<import namespace="${namespace}" schemaLocation="file://${file}"/>`);
  return `<schema xmlns="http://www.w3.org/2001/XMLSchema">${imports.join('')}</schema>`;
}

export function xmllintExclusiveC14n(xml: string): string {
  return inFolder({ 'document.xml': xml }, (folder) => {
    const verdict = run('xmllint', ['--nonet', '--exc-c14n', join(folder, 'document.xml')]);
    if (!verdict.accepted) throw new Error(verdict.output);
    return verdict.output;
  });
}

/**
 * libxml2's exclusive canonical form of the document, or of one element of it.
 * @param path child element positions from the root down.
 */
export function libxmlExclusiveC14n(xml: string, prefixes: readonly string[] = [], path?: readonly number[]): string {
  const document = XmlDocument.fromString(xml, { option });
  try {
    const how = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, inclusiveNamespacePrefixes: [...prefixes] };
    if (path === undefined) return document.canonicalizeToString(how);
    return path.reduce(nthElement, document.root).canonicalizeToString(how);
  } finally {
    document.dispose();
  }
}

function nthElement(parent: LibxmlElement, index: number): LibxmlElement {
  let position = -1;
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if ('attrs' in node) position += 1;
    if (position === index) return node as LibxmlElement;
  }
  throw new Error('there is no such element');
}

function run(command: string, args: readonly string[], environment: Record<string, string> = {}): Verdict {
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...environment } });
  if (result.error !== undefined) throw result.error;
  const accepted = result.status === 0;
  return { accepted, output: accepted ? result.stdout : result.stderr };
}

function inFolder<T>(files: Record<string, string>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-judge-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
