/** @module The schema wall: the OASIS schemas of SAML 2.0, compiled once in libxml2. A second opinion, never the first. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../spi/errors.ts';
import { printable } from '../spi/printable.ts';
import { isSystemError } from './system-error.ts';

export type SchemaKind = 'protocol' | 'metadata';

export interface SamlSchemas {
  /** @throws ERR_XML_SCHEMA when libxml2 cannot parse the document, it has a DTD, or it is not valid. */
  validate(kind: SchemaKind, xml: string): void;
}

const rootSchemas: Readonly<Record<SchemaKind, string>> = {
  protocol: 'gatehouse-protocol.xsd',
  metadata: 'gatehouse-metadata.xsd',
};

/** The names by which the schemas import one another, and the file that each stands for. */
const imports: Readonly<Record<string, string>> = {
  'saml-schema-protocol-2.0.xsd': 'saml-schema-protocol-2.0.xsd',
  'saml-schema-metadata-2.0.xsd': 'saml-schema-metadata-2.0.xsd',
  'saml-schema-assertion-2.0.xsd': 'saml-schema-assertion-2.0.xsd',
  'xenc11-schema.xsd': 'xenc11-schema.xsd',
  'xenc-schema.xsd': 'xenc-schema.xsd',
  'xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
  'http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
  'http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd': 'xenc-schema.xsd',
  'http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
  'http://www.w3.org/2001/xml.xsd': 'xml.xsd',
};

/** Longer tells an operator nothing more; the text may quote the message. */
const maxDetailLength = 200;

/**
 * Reads and compiles the schemas: some tens of milliseconds. Import this module only when a message is to be checked, so that a
 * start does not wait for it.
 * @param kinds what `validate` may be asked for: each costs a compilation.
 * @throws ERR_CONFIG_UNREADABLE when a schema is not in the folder.
 */
export async function loadSamlSchemas(
  folder: string,
  kinds: readonly SchemaKind[] = ['protocol'],
): Promise<SamlSchemas> {
  const libxml = await import('libxml2-wasm');
  const { ParseOption, XmlDocument, XsdValidator, XmlLibError } = libxml;
  // No network, no external entities, no system catalog: what the provider below does not have does not exist.
  const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NO_SYS_CATALOG;

  const files: Record<string, Uint8Array> = {};
  for (const [name, file] of Object.entries(imports)) files[name] = await read(folder, file);
  const sources = await Promise.all(kinds.map(async (kind) => [kind, await read(folder, rootSchemas[kind])] as const));

  const compile = (source: Uint8Array) => {
    const document = XmlDocument.fromBuffer(source, { option });
    try {
      return XsdValidator.fromDoc(document);
    } finally {
      document.dispose();
    }
  };
  // libxml2 has one table of input providers for the process: nothing else may run while ours is in it.
  libxml.xmlRegisterInputProvider(new libxml.XmlBufferInputProvider(files));
  let validators: ReadonlyMap<SchemaKind, ReturnType<typeof compile>>;
  try {
    validators = new Map(sources.map(([kind, source]) => [kind, compile(source)]));
  } finally {
    libxml.xmlCleanupInputProvider();
  }

  return {
    validate(kind, xml) {
      const validator = validators.get(kind);
      if (validator === undefined) throw new Error(`the ${kind} schema was not asked for`);
      try {
        const document = XmlDocument.fromString(xml, { option });
        try {
          if (document.dtd !== null) throw new GatehouseError('ERR_XML_SCHEMA', 'The document has a DTD');
          validator.validate(document);
        } finally {
          document.dispose();
        }
      } catch (cause) {
        if (!(cause instanceof XmlLibError)) throw cause;
        const [first] = cause.details;
        throw new GatehouseError('ERR_XML_SCHEMA', 'The document is not valid against the SAML schemas', {
          cause,
          facts: {
            kind,
            line: first?.line ?? 0,
            detail: printable((first?.message ?? cause.message).trim(), maxDetailLength),
          },
        });
      }
    },
  };
}

async function read(folder: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'A SAML schema cannot be read', { cause, facts: { file } });
  }
}
