/** @module Artifacts of type 4: a reference to a message, short enough for a URL (saml-bindings §3.6.4). */
import { createHash } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';

export interface Artifact {
  /** Which of the issuer's resolution services to ask. */
  readonly endpointIndex: number;
  /** SHA-1 of the issuer's entityID: a name, of which nothing has to be secret or hard to find twice. */
  readonly sourceId: Uint8Array;
  /** What nobody can guess. */
  readonly handle: Uint8Array;
}

const typeCode = 4;
export const handleBytes = 20;
const sourceIdBytes = 20;
const artifactBytes = 4 + sourceIdBytes + handleBytes;

export function sourceIdOf(entityId: string): Uint8Array {
  return createHash('sha1').update(entityId).digest();
}

export function buildArtifact({ endpointIndex, sourceId, handle }: Artifact): string {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(typeCode, 0);
  head.writeUInt16BE(endpointIndex, 2);
  return encodeBase64(Buffer.concat([head, sourceId, handle]));
}

/** `undefined` for what is no artifact of this type. */
export function parseArtifact(text: string): Artifact | undefined {
  const decoded = decodeBase64(text);
  if (decoded === undefined || decoded.byteLength !== artifactBytes) return undefined;
  const bytes = Buffer.from(decoded);
  if (bytes.readUInt16BE(0) !== typeCode) return undefined;
  return {
    endpointIndex: bytes.readUInt16BE(2),
    sourceId: bytes.subarray(4, 4 + sourceIdBytes),
    handle: bytes.subarray(4 + sourceIdBytes),
  };
}
