/** @module Security identifiers of Windows as bytes and as text (MS-DTYP §2.4.2): of a primary group, and of groups in a ticket. */

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

/** A user's objectSid with the last sub-authority replaced by primaryGroupID, little endian (jboss-facts §2.4). */
export function primaryGroupSid(objectSid: Uint8Array, primaryGroupId: string): Uint8Array | undefined {
  const id = Number(primaryGroupId);
  if (!isSid(objectSid) || !/^\d{1,10}$/.test(primaryGroupId) || id >= 2 ** 32) return undefined;
  const sid = Uint8Array.from(objectSid);
  new DataView(sid.buffer).setUint32(sid.length - subAuthorityBytes, id, true);
  return sid;
}

/** `S-1-5-21-…`; `undefined` when the bytes are none. */
export function sidText(sid: Uint8Array): string | undefined {
  if (!isSid(sid)) return undefined;
  const view = new DataView(sid.buffer, sid.byteOffset, sid.byteLength);
  let text = `S-1-${view.getUint16(2) * 2 ** 32 + view.getUint32(4)}`;
  for (let offset = headBytes; offset < sid.length; offset += subAuthorityBytes) {
    text += `-${view.getUint32(offset, true)}`;
  }
  return text;
}
