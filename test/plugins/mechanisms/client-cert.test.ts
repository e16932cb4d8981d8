/** @module HTTP mechanism CLIENT-CERT: a chain becomes evidence, and nothing can be asked for. */
import { describe, expect, it } from 'vitest';
import { clientCert } from '../../../src/plugins/mechanisms/client-cert.ts';
import { httpMechanismConformance, plainRequest } from '../../conformance/http-mechanism.ts';

const chainOf = (...certificateChain: Uint8Array[]) => plainRequest({ certificateChain });
const some = new Uint8Array([0x30, 0x00]);

httpMechanismConformance({
  factory: clientCert,
  accepted: [{ what: 'a chain', request: chainOf(some), evidence: { kind: 'certificate', chain: [some] } }],
  malformed: [
    ['a chain that could not be read', chainOf()],
    ['eleven certificates', chainOf(...Array.from({ length: 11 }, () => some))],
    ['a certificate of more than 16 KiB', chainOf(new Uint8Array(16 * 1024 + 1))],
  ],
});

describe('CLIENT-CERT', () => {
  it('takes the chain as it is', () => {
    expect(clientCert.create({}).evaluate(chainOf(some))).toEqual({
      status: 'evidence',
      evidence: { kind: 'certificate', chain: [some] },
    });
  });

  it('cannot be asked for in a request', () => {
    expect(clientCert.create({}).challenge(plainRequest())).toBeUndefined();
  });

  it('comes with the connection, so that others are asked first', () => {
    expect(clientCert.create({}).ambient).toBe(true);
  });
});
