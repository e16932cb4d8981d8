/** @module Security identifiers of Windows as bytes (MS-DTYP §2.4.2.2): the identifier of a user's primary group. */

/** Revision, count, six bytes of authority; then four bytes for each sub-authority, of which there are at most 15. */
const headBytes = 8;
const subAuthorityBytes = 4;
const maxSubAuthorities = 15;

function isSid(sid: Uint8Array): boolean {
  const count = sid[1] ?? 0;
  return (
    sid[0] === 1 && count >= 1 && count <= maxSubAuthorities && sid.length === headBytes + count * subAuthorityBytes
  );
}

/** `S-1-5-21-…`; `undefined` for bytes that are no identifier. */
export function formatSid(sid: Uint8Array): string | undefined {
  if (!isSid(sid)) return undefined;
  const view = new DataView(sid.buffer, sid.byteOffset, sid.byteLength);
  const authority = view.getUint16(2) * 2 ** 32 + view.getUint32(4);
  const rest = Array.from({ length: sid[1] ?? 0 }, (_, index) =>
    view.getUint32(headBytes + index * subAuthorityBytes, true),
  );
  return ['S', 1, authority, ...rest].join('-');
}

/** A user's objectSid with the last sub-authority replaced by primaryGroupID, little endian (jboss-facts §2.4). */
export function primaryGroupSid(objectSid: Uint8Array, primaryGroupId: string): Uint8Array | undefined {
  const id = Number(primaryGroupId);
  if (!isSid(objectSid) || !/^\d{1,10}$/.test(primaryGroupId) || id >= 2 ** 32) return undefined;
  const sid = Uint8Array.from(objectSid);
  new DataView(sid.buffer).setUint32(sid.length - subAuthorityBytes, id, true);
  return sid;
}
