/** @module HTTP mechanism CLIENT-CERT: a chain becomes evidence, and nothing can be asked for. */
import { describe, expect, it } from 'vitest';
import { clientCert } from '../../../src/plugins/mechanisms/client-cert.ts';
import { httpMechanismConformance, plainRequest } from '../../conformance/http-mechanism.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';

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

describe('CLIENT-CERT', async () => {
  const mechanism = await clientCert.create({}, mechanismServices());

  it('takes the chain as it is', async () => {
    const { signal } = new AbortController();
    expect(await mechanism.evaluate(chainOf(some), { signal })).toEqual({
      status: 'evidence',
      evidence: { kind: 'certificate', chain: [some] },
    });
  });

  it('cannot be asked for in a request', () => {
    expect(mechanism.challenge(plainRequest())).toBeUndefined();
  });

  it('comes with the connection, so that others are asked first', () => {
    expect(mechanism.ambient).toBe(true);
  });
});
