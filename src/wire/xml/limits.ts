/** @module How large an XML document may be. */

export interface XmlLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxElements: number;
  /** Namespace declarations count too. */
  readonly maxAttributesPerElement: number;
}

/** A SAML message with a large attribute statement stays below 64 KiB; four times that leaves room and bounds the work. */
export const messageLimits: XmlLimits = {
  maxBytes: 256 * 1024,
  maxDepth: 64,
  maxElements: 8192,
  maxAttributesPerElement: 64,
};

/** One entity of SAML metadata: the longest of eduGAIN, with 300 endpoints, has 200 KB. */
const entityLimits: XmlLimits = {
  maxBytes: 2 * 1024 * 1024,
  maxDepth: 64,
  maxElements: 65_536,
  maxAttributesPerElement: 64,
};

/** A whole federation, read entity by entity: eduGAIN with all of its 20,000 entities has 100 MB. */
export const aggregateLimits = {
  maxBytes: 256 * 1024 * 1024,
  maxPieces: 200_000,
  element: entityLimits,
} as const;

/** The longest name in any SAML schema has 35 characters; 256 leaves room for foreign extensions. */
export const maxNameLength = 256;

/** Lookup of a prefix is linear in the namespaces in scope: this keeps it short for a hostile document. */
export const maxNamespacesInScope = 128;

/** Namespace names of SAML and its extensions stay below 100 characters; checking that one is a URI costs time for each. */
export const maxNamespaceLength = 1024;
