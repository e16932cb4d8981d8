/** @module The contract of signers on keys in this process, and on keys in a PKCS#11 token. */
import type { SignatureAlgorithm } from '../../src/spi/signer.ts';
import { testSigner } from '../conformance/signer.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { openSoftToken } from '../support/servers/soft-token.ts';

testSigner('a key in memory', async () => {
  const pairs = { rsa: makeKeyPair('rsa'), ec: makeKeyPair('ec') };
  const pairFor = (algorithm: SignatureAlgorithm) => pairs[algorithm.startsWith('rsa-') ? 'rsa' : 'ec'];
  return {
    signer: (algorithm) => signerOf(pairFor(algorithm), algorithm),
    certificatePem: ({ algorithm }) => pairFor(algorithm).certificatePem,
    close: async () => undefined,
  };
});

testSigner('a key in a PKCS#11 token', openSoftToken);
