/** @module The entities of a metadata document one by one, however many there are, and the signature over all of them. */
import { createHash, type Hash, type KeyObject } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import { dsigNamespace } from '../xml/algorithms.ts';
import { type CanonicalPieces, canonicalPieces } from '../xml/canonicalize.ts';
import { attribute, child, isElement, type NamespaceScope, type XmlElement } from '../xml/element.ts';
import { aggregateLimits } from '../xml/limits.ts';
import { parseXmlWithin } from '../xml/parse.ts';
import { splitXml, type XmlPiece } from '../xml/split.ts';
import { checkDigest, collectIds, openSignature, type SignedDigest, verifyEnveloped } from '../xml/verify.ts';
import { samlNamespaces } from './constants.ts';
import { earlier, entityIdOf, instantAttribute, metadataFault } from './metadata-fields.ts';
import { durationAttribute } from './metadata-lifetime.ts';

const { md, mdrpi } = samlNamespaces;

/** One EntityDescriptor, and where it can be read again. */
export interface EntityPiece {
  readonly entityId: string;
  readonly element: XmlElement;
  /** Bytes of the document. */
  readonly from: number;
  readonly to: number;
  readonly scope: NamespaceScope | undefined;
  /** The earliest of the entity and what surrounds it. */
  readonly validUntil: number | undefined;
  /** Who registered it (SAML V2.0 Metadata Extensions for Registration and Publication Information §2.1.1). */
  readonly registrationAuthority: string | undefined;
}

/** What the outermost element says of the whole. */
export interface DocumentFacts {
  readonly validUntil: number | undefined;
  /** Milliseconds for which a copy may be kept without asking again. */
  readonly cacheDurationMs: number | undefined;
}

/**
 * Yields every entity in document order and returns what the document says of itself. **Nothing that was yielded is to be used
 * before it has returned**: only then the document was well formed to its end and, where keys are given, the signature of its
 * outermost element was found good over every byte of it.
 * @param keys who must have signed; `undefined` asks for no signature and looks at none.
 * @throws ERR_SAML_METADATA, ERR_XML_SIGNATURE, ERR_XML_MALFORMED, ERR_XML_FORBIDDEN, ERR_XML_LIMIT
 */
export function* readEntitiesOf(
  bytes: Buffer,
  keys: readonly KeyObject[] | undefined,
): Generator<EntityPiece, DocumentFacts> {
  const seen = new Set<string>();
  const groups: { readonly validUntil: number | undefined }[] = [];
  const check = keys === undefined ? undefined : createPieceCheck(keys);
  let facts: DocumentFacts | undefined;

  for (const piece of splitXml(bytes, isGroup, aggregateLimits)) {
    if (piece.kind === 'space') check?.take(piece);
    else if (piece.kind === 'close') {
      check?.take(piece);
      groups.pop();
    } else {
      const outer = groups.at(-1)?.validUntil;
      if (piece.kind === 'open') {
        check?.take(piece);
        groups.push({ validUntil: earlier(outer, instantAttribute(piece.element, 'validUntil')) });
        facts ??= factsOf(piece.element);
        continue;
      }
      const isRoot = facts === undefined;
      facts ??= factsOf(piece.element);
      if (!isElement(piece.element, md, 'EntityDescriptor')) {
        if (isRoot) throw metadataFault('The document is not SAML metadata');
        check?.take(piece);
        continue;
      }
      // Alone, an entity is signed itself; in a group, the group is.
      if (isRoot && keys !== undefined) verifyEnveloped(piece.element, piece.element, keys);
      else check?.take(piece);
      const entityId = entityIdOf(piece.element);
      if (seen.has(entityId)) throw metadataFault('An entity comes twice', entityId);
      seen.add(entityId);
      yield {
        entityId,
        element: piece.element,
        from: piece.from,
        to: piece.to,
        scope: piece.scope,
        validUntil: earlier(outer, instantAttribute(piece.element, 'validUntil')),
        registrationAuthority: registrationAuthorityOf(piece.element),
      };
    }
  }
  check?.end();
  if (facts === undefined) throw metadataFault('The document is not SAML metadata');
  return facts;
}

/** Reads an entity again from its own bytes. */
export function rereadEntity(bytes: Buffer, scope: NamespaceScope | undefined): XmlElement {
  return parseXmlWithin(bytes.toString('utf8'), scope, aggregateLimits.element);
}

function isGroup(tag: XmlElement): boolean {
  return isElement(tag, md, 'EntitiesDescriptor');
}

function factsOf(root: XmlElement): DocumentFacts {
  return {
    validUntil: instantAttribute(root, 'validUntil'),
    cacheDurationMs: durationAttribute(root, 'cacheDuration'),
  };
}

function registrationAuthorityOf(entity: XmlElement): string | undefined {
  const extensions = child(entity, md, 'Extensions');
  const info = extensions && child(extensions, mdrpi, 'RegistrationInfo');
  return info && attribute(info, 'registrationAuthority')?.trim();
}

interface PieceCheck {
  take(piece: XmlPiece): void;
  /** @throws ERR_XML_SIGNATURE */
  end(): void;
}

/**
 * The enveloped signature of the outermost group, checked as `verifyEnveloped` does and with its parts, but without the tree:
 * the schema puts the signature first (saml-metadata §2.3.1), so what it says is known before the rest arrives. A document
 * that is a single entity is left to `verifyEnveloped`.
 */
function createPieceCheck(keys: readonly KeyObject[]): PieceCheck {
  const ids = new Set<string>();
  let root: XmlElement | undefined;
  let before = '';
  let depth = 0;
  let signed: { readonly says: SignedDigest; readonly canonical: CanonicalPieces; readonly hash: Hash } | undefined;

  function begin(signature: XmlElement): void {
    if (root === undefined || !isElement(signature, dsigNamespace, 'Signature')) {
      throw refused('The document is not signed, or its signature does not come first');
    }
    const says = openSignature(signature, attribute(root, 'ID') ?? '', keys);
    const canonical = canonicalPieces(says.prefixes);
    const hash = createHash(says.digest).update(canonical.open(root)).update(canonical.text(before));
    signed = { says, canonical, hash };
  }

  return {
    take(piece) {
      if (piece.kind === 'open' || piece.kind === 'element') collectIds(piece.element, undefined, ids);
      if (piece.kind === 'open' && root === undefined) root = piece.element;
      else if (signed === undefined) {
        if (piece.kind === 'space') before += piece.text;
        else if (piece.kind === 'element') begin(piece.element);
        else throw refused('The document is not signed, or its signature does not come first');
      } else {
        if (depth === 1 && piece.kind === 'element' && isElement(piece.element, dsigNamespace, 'Signature')) {
          throw refused('The document has more than one signature');
        }
        signed.hash.update(canonicalOf(signed.canonical, piece));
      }
      if (piece.kind === 'open') depth += 1;
      if (piece.kind === 'close') depth -= 1;
    },
    end() {
      // An only entity was its own root.
      if (root === undefined) return;
      if (signed === undefined) throw refused('The document is not signed');
      checkDigest(signed.says, signed.hash.digest());
    },
  };
}

function canonicalOf(canonical: CanonicalPieces, piece: XmlPiece): string {
  switch (piece.kind) {
    case 'open':
      return canonical.open(piece.element);
    case 'element':
      return canonical.element(piece.element);
    case 'space':
      return canonical.text(piece.text);
    case 'close':
      return canonical.close();
    default:
      return piece satisfies never;
  }
}

function refused(message: string): GatehouseError {
  return new GatehouseError('ERR_XML_SIGNATURE', message);
}
