/** @module How long a name, a password or a certificate may be, and which names are no names. */

/** The longest login name, in UTF-16 units. An e-mail address has at most 254; distinguished names are longer. */
export const maxNameLength = 1024;

/** The longest password, in UTF-16 units: room for any pass phrase, and nobody can make a hash run over megabytes. */
export const maxPasswordLength = 4096;

/** The largest certificate, in bytes of DER: one with an RSA-4096 key and fifty names has about 4 KiB. */
export const maxCertificateBytes = 16 * 1024;

/** The most certificates that a client may show: real chains have two or three, with cross-certificates a few more. */
export const maxCertificateChain = 10;

/**
 * True for a name that may be looked up. Control characters (C0, DEL, C1) and lone surrogates are in no real name; they
 * forge log lines and are cut off by other software at a NUL. The empty name is refused too: JBoss's Simple would accept it.
 */
export function isLoginName(name: string): boolean {
  return name.length > 0 && name.length <= maxNameLength && name.isWellFormed() && !/\p{Cc}/u.test(name);
}
