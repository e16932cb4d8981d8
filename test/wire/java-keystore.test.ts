/** @module Java's keystores: what keytool writes is read, and what was changed is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJavaKeystore } from '../../src/wire/java-keystore.ts';
import { writeJavaKeystore } from '../support/java-keystore.ts';

const der = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x07]);
const store = writeJavaKeystore({ 'CN=Jane': der, root: new Uint8Array([0x30, 0x00]) }, 'changeit');

/** `keytool -importcert` of OpenJDK 17 with `-storetype JKS`, password `changeit`: one certificate under the alias `one`. */
const ofKeytool = Buffer.from(
  '/u3+7QAAAAIAAAABAAAAAgADb25lAAABogE22VkABVguNTA5AAABdTCCAXEwggEXoAMCAQICFDicdzL7eiuRAsqpFXmFqztYD6TeMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA29uZTAeFw0yNjExMjIwMzA1MDFaFw0zNjExMTkwMzA1MDFaMA4xDDAKBgNVBAMMA29uZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEqLelJpQI4ILp+wTcPh6XuGq7tPfeSaLPyHZml7PuY9huh2p3f22M4SUbJxE3bH9xHPOYRYEBaMEGCoCKybT9ajUzBRMB0GA1UdDgQWBBTaWb6uuCs5hJ0sxEaQ8E0EqNZ9rTAfBgNVHSMEGDAWgBTaWb6uuCs5hJ0sxEaQ8E0EqNZ9rTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAYagUHYSJCHpryMcvosaqa9j6Nql82kfobZ+PX7379bAiEAmXt8PmuaBZwTipRjqcjdka5+hE4xZm7pAJpIT2vT97QKvyss/kHoCIrnb9+0ZQPRGK7BPQ==',
  'base64',
);

describe('a truststore of Java', () => {
  it('gives its certificates under their aliases', () => {
    expect(readJavaKeystore(store, 'changeit')).toEqual({
      certificates: [
        { alias: 'cn=jane', der },
        { alias: 'root', der: new Uint8Array([0x30, 0x00]) },
      ],
      hasPrivateKeys: false,
    });
  });

  it('is read as keytool writes it', () => {
    const read = readJavaKeystore(ofKeytool, 'changeit');
    expect(read).toMatchObject({ certificates: [{ alias: 'one' }], hasPrivateKeys: false });
  });

  it('is not read with another password', () => {
    expect(readJavaKeystore(store, 'changeme')).toMatchObject({ problem: expect.stringContaining('password') });
  });

  it('is not read when a bit of it was changed', () => {
    for (let at = 0; at < store.length; at += 1) {
      const changed = Buffer.from(store);
      changed[at]! ^= 1;
      expect(readJavaKeystore(changed, 'changeit')).toHaveProperty('problem');
    }
  });

  it('is not read when it was cut off or went on', () => {
    for (let length = 0; length < store.length; length += 1) {
      expect(readJavaKeystore(store.subarray(0, length), 'changeit')).toHaveProperty('problem');
    }
    expect(readJavaKeystore(Buffer.concat([store, Buffer.alloc(1)]), 'changeit')).toHaveProperty('problem');
  });

  it('of any bytes has a problem and no error', () => {
    const header = Buffer.from('feedfeed00000002', 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isHeaded) => {
        expect(readJavaKeystore(isHeaded ? Buffer.concat([header, bytes]) : bytes, 'x')).toHaveProperty('problem');
      }),
      { numRuns: 300 },
    );
  });
});
