/** @module The algorithms of XML encryption by short name (xmlenc-core1 §5), as configuration and codec both know them. */

/**
 * How the content is encrypted. GCM notices every change; CBC does not, and lets whoever may send often and see the difference
 * between two errors read along, so it is only for partners that know nothing else and are named.
 */
export const contentCiphers = ['aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc'] as const;
export type ContentCipher = (typeof contentCiphers)[number];

/** What of an assertion is encrypted: all of it, or the name and the attributes in it, each for itself. */
export const encryptedParts = ['assertion', 'name-id', 'attributes'] as const;
export type EncryptedPart = (typeof encryptedParts)[number];

/**
 * How the content's key travels: RSA-OAEP, with one hash for the label and the mask. `rsa-oaep-sha1` is the identifier of
 * xmlenc-core1 §5.5.2, which older partners know alone; OAEP does not lean on the collisions in which SHA-1 is broken.
 * RSA with PKCS #1 1.5 padding is not here: it answers the questions of whoever sends a million messages (§5.5.1).
 */
export const keyTransports = ['rsa-oaep-sha256', 'rsa-oaep-sha1'] as const;
export type KeyTransport = (typeof keyTransports)[number];
