/** @module Reads a secret key out of a keystore of the JDK's type JCEKS; other entries are passed over. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import { Secret } from '../../spi/secret.ts';
import { derChildren, derTags, readDer } from '../der-reader.ts';
import { createDataInput, type DataInput, malformed } from './data-input.ts';
import { decryptPbeWithMd5AndTripleDes, maxPbeIterations, type PbeParameters, saltBytes } from './pbe.ts';
import { type JavaObject, type JavaValue, readJavaObject } from './serialization.ts';

export interface JavaSecretKey {
  /** `AES` … */
  readonly algorithm: string;
  readonly bytes: Secret<Uint8Array>;
}

const magic = { jceks: 0xcececece, jks: 0xfeedfeed } as const;
const digestBytes = 20;
const maxEntries = 1000;
const maxChain = 100;

const sealedClasses = new Set([
  'com.sun.crypto.provider.SealedObjectForKeyProtector',
  'javax.crypto.SealedObject',
  '[B',
  'java.lang.String',
]);
const keyClasses = new Set([
  'javax.crypto.spec.SecretKeySpec',
  'java.security.KeyRep',
  'java.security.KeyRep$Type',
  'java.lang.Enum',
  '[B',
  'java.lang.String',
]);

function refused(problem: string): GatehouseError {
  return new GatehouseError('ERR_JBOSS_VAULT', 'the keystore cannot be used', { facts: { problem } });
}

/** What a keystore's password is digested with, so that no two kinds of digest are the same. */
function storeDigest(password: string, data: Uint8Array): Uint8Array {
  const digest = createHash('sha1').update(Buffer.from(password, 'utf16le').swap16());
  return digest.update('Mighty Aphrodite', 'utf8').update(data).digest();
}

/** @throws ERR_JBOSS_VAULT with the `problem`: another type of keystore, another password, no such key, a damaged file */
export function readJceksKey(keystore: Uint8Array, password: Secret<string>, alias: string): JavaSecretKey {
  const clear = password.reveal();
  const type = keystore.length < 4 ? 0 : Buffer.from(keystore).readUInt32BE();
  if (type !== magic.jceks) {
    const what = type === magic.jks ? 'it is of type JKS' : 'it is not of type JCEKS';
    throw refused(`${what}; keytool -importkeystore -deststoretype JCEKS makes one that is`);
  }
  const data = keystore.subarray(0, -digestBytes);
  if (keystore.length < digestBytes || !timingSafeEqual(storeDigest(clear, data), keystore.subarray(-digestBytes))) {
    throw refused('the password is another one, or the file is damaged');
  }
  // The encryption of keys takes no other password either.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (!/^[\x00-\x7f]*$/.test(clear)) throw refused('its password is not ASCII');
  const sealed = findSealed(data, alias.toLowerCase());
  return keyOf(unseal(sealed, Buffer.from(clear, 'latin1')));
}

/** JCEKS keeps aliases in lower case. */
function findSealed(data: Uint8Array, alias: string): JavaValue {
  let input = createDataInput(data, 4);
  const version = input.i32();
  const count = input.i32();
  if ((version !== 1 && version !== 2) || count < 0 || count > maxEntries)
    throw malformed('a keystore of an unknown kind', 4);
  let found: JavaValue | undefined;
  const others: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = input.i32();
    const name = input.utf();
    input.i64();
    if (kind === 3) {
      const { value, end } = readJavaObject(data, input.position(), sealedClasses);
      input = createDataInput(data, end);
      if (name === alias) found = value;
      else others.push(name);
    } else if (kind === 1 || kind === 2) {
      skipEntry(input, kind, version);
    } else throw malformed('an entry of an unknown kind', input.position());
  }
  if (input.remaining() !== 0) throw malformed('bytes after the last entry', input.position());
  if (found !== undefined) return found;
  throw refused(`it has no secret key under this alias (it has: ${others.join(', ') || 'none'})`);
}

/** A private key with its chain, or a certificate. */
function skipEntry(input: DataInput, kind: 1 | 2, version: 1 | 2 | number): void {
  let certificates = 1;
  if (kind === 1) {
    input.bytes(input.i32());
    certificates = input.i32();
    if (certificates < 0 || certificates > maxChain) throw malformed('a chain is too long', input.position());
  }
  for (let index = 0; index < certificates; index += 1) {
    if (version === 2) input.utf();
    input.bytes(input.i32());
  }
}

const bytesOf = (value: JavaValue | undefined) => (value?.kind === 'bytes' ? value.bytes : undefined);
const textOf = (value: JavaValue | undefined) => (value?.kind === 'string' ? value.text : undefined);
const objectOf = (value: JavaValue): JavaObject => {
  if (value.kind === 'object') return value;
  throw malformed('an object is expected', 0);
};

function unseal(sealed: JavaValue, password: Uint8Array): Uint8Array {
  const { fields } = objectOf(sealed);
  const encrypted = bytesOf(fields.get('encryptedContent'));
  const parameters = pbeParametersOf(bytesOf(fields.get('encodedParams')), password);
  if (
    textOf(fields.get('sealAlg')) !== 'PBEWithMD5AndTripleDES' ||
    encrypted === undefined ||
    parameters === undefined
  ) {
    throw refused('its key is protected in a way that is not known here');
  }
  const plain = decryptPbeWithMd5AndTripleDes(encrypted, parameters);
  if (plain === undefined) throw refused('its key has another password than the keystore');
  return plain;
}

/** RFC 8018 §A.3, PBEParameter. */
function pbeParametersOf(der: Uint8Array | undefined, password: Uint8Array): PbeParameters | undefined {
  const [salt, count, ...others] = derChildren(readDer(der ?? new Uint8Array()), derTags.sequence) ?? [];
  if (salt?.tag !== derTags.octetString || count?.tag !== derTags.integer || others.length > 0) return undefined;
  const iterations = count.contents.reduce((sum, octet) => sum * 256 + octet, 0);
  const fits = salt.contents.length === saltBytes && iterations >= 1 && iterations <= maxPbeIterations;
  return fits ? { password, salt: salt.contents, iterations } : undefined;
}

function keyOf(serialized: Uint8Array): JavaSecretKey {
  const { fields, className } = objectOf(readJavaObject(serialized, 0, keyClasses).value);
  const algorithm = textOf(fields.get('algorithm'));
  const bytes = bytesOf(fields.get(className === 'java.security.KeyRep' ? 'encoded' : 'key'));
  if (algorithm === undefined || bytes === undefined) throw refused('its key is not a secret key');
  return { algorithm, bytes: new Secret(bytes) };
}
