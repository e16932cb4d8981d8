/** @module OCSP requests and answers (RFC 6960 §4) as bytes: pkijs writes and reads them, and judges nothing. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { BasicOCSPResponse, CertID, SingleResponse } from 'pkijs';
import type { Certificate, Signed } from '../../wire/x509/certificate.ts';
import { readCertificate } from '../../wire/x509/certificate.ts';

/** What is known of a certificate by its issuer: SHA-1 here is a name, not a proof, and the one that every responder knows. */
export interface CertificateId {
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialOctets: Uint8Array;
}

export interface SingleAnswer {
  readonly id: CertificateId;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdateAt: number;
  readonly nextUpdateAt?: number;
}

export interface OcspAnswer extends Signed {
  /** Who says that he has signed (RFC 6960 §4.2.1): the DER of a name, or the SHA-1 of a key. */
  readonly responder: { readonly nameDer: Uint8Array } | { readonly keyHash: Uint8Array };
  readonly producedAt: number;
  readonly answers: readonly SingleAnswer[];
  readonly nonce?: Uint8Array;
  /** Certificates that came along. */
  readonly certificates: readonly Certificate[];
}

/** RFC 6960 §4.2.1. `malformed` and the following: the responder's own words for "I cannot". */
export type OcspReading =
  | { readonly status: 'successful'; readonly answer: OcspAnswer }
  | { readonly status: 'refused'; readonly problem: string };

export const ocspTypes = { request: 'application/ocsp-request', response: 'application/ocsp-response' } as const;
const sha1 = '1.3.14.3.2.26';
const basicResponse = '1.3.6.1.5.5.7.48.1.1';
const nonceExtension = '1.3.6.1.5.5.7.48.1.2';
const responseStatuses: readonly string[] = [
  '',
  'malformedRequest',
  'internalError',
  'tryLater',
  '',
  'sigRequired',
  'unauthorized',
];
/** More answers or certificates than this in one response is not for us. */
const maxListed = 16;

export const sha1Of = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

export function certificateIdOf(certificate: Certificate, issuer: Certificate): CertificateId {
  return {
    issuerNameHash: sha1Of(issuer.subjectDer),
    issuerKeyHash: sha1Of(issuer.publicKeyBits),
    serialOctets: certificate.serialOctets,
  };
}

export function sameCertificateId(one: CertificateId, other: CertificateId): boolean {
  return (
    sameBytes(one.issuerNameHash, other.issuerNameHash) &&
    sameBytes(one.issuerKeyHash, other.issuerKeyHash) &&
    sameBytes(one.serialOctets, other.serialOctets)
  );
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export async function buildOcspRequest(id: CertificateId, nonce: Uint8Array | undefined): Promise<Uint8Array> {
  const { AlgorithmIdentifier, CertID: Id, Extension, OCSPRequest, Request, TBSRequest } = await import('pkijs');
  const { Integer, Null, OctetString } = await import('asn1js');
  const octets = (bytes: Uint8Array) => new OctetString({ valueHex: Uint8Array.from(bytes).buffer });
  const reqCert = new Id({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha1, algorithmParams: new Null() }),
    issuerNameHash: octets(id.issuerNameHash),
    issuerKeyHash: octets(id.issuerKeyHash),
    serialNumber: new Integer({ valueHex: Uint8Array.from(id.serialOctets).buffer }),
  });
  const requestExtensions =
    nonce === undefined ? [] : [new Extension({ extnID: nonceExtension, extnValue: octets(nonce).toBER() })];
  const tbsRequest = new TBSRequest({
    requestList: [new Request({ reqCert })],
    ...(requestExtensions.length === 0 ? {} : { requestExtensions }),
  });
  return new Uint8Array(new OCSPRequest({ tbsRequest }).toSchema(true).toBER());
}

export async function readOcspResponse(bytes: Uint8Array): Promise<OcspReading> {
  const { BasicOCSPResponse: Basic, OCSPResponse, RelativeDistinguishedNames } = await import('pkijs');
  const { OctetString, fromBER } = await import('asn1js');

  function read(): OcspReading {
    const response = OCSPResponse.fromBER(Uint8Array.from(bytes));
    const status = response.responseStatus.valueBlock.valueDec;
    if (status !== 0) return { status: 'refused', problem: responseStatuses[status] || `status ${status}` };
    if (response.responseBytes?.responseType !== basicResponse)
      return { status: 'refused', problem: 'no basic response' };
    const basic = Basic.fromBER(Uint8Array.from(response.responseBytes.response.valueBlock.valueHexView));
    const { tbsResponseData: data } = basic;
    const responder =
      data.responderID instanceof RelativeDistinguishedNames
        ? { nameDer: new Uint8Array(data.responderID.toSchema().toBER()) }
        : data.responderID instanceof OctetString
          ? { keyHash: data.responderID.valueBlock.valueHexView }
          : undefined;
    const answers = data.responses.map(singleAnswer);
    if (responder === undefined || answers.length > maxListed || (basic.certs?.length ?? 0) > maxListed) {
      return { status: 'refused', problem: 'no responder, or too much in it' };
    }
    const nonce = data.responseExtensions?.find(({ extnID }) => extnID === nonceExtension)?.extnValue.valueBlock
      .valueHexView;
    const inner = nonce === undefined ? undefined : fromBER(nonce).result;
    return {
      status: 'successful',
      answer: {
        ...signedPart(basic),
        responder,
        producedAt: data.producedAt.getTime(),
        answers: answers.filter((one) => one !== undefined),
        ...(nonce === undefined ? {} : { nonce: inner instanceof OctetString ? inner.valueBlock.valueHexView : nonce }),
        certificates: certificatesOf(basic),
      },
    };
  }

  try {
    return read();
  } catch (error) {
    // Of these bytes and nothing else: pkijs throws whatever its objects trip over when a response is damaged.
    return {
      status: 'refused',
      problem: `not an OCSP response: ${error instanceof Error ? error.name : 'unreadable'}`,
    };
  }
}

function signedPart({ tbsResponseData, signatureAlgorithm, signature }: BasicOCSPResponse): Signed {
  const { algorithmId, algorithmParams } = signatureAlgorithm;
  return {
    signedBytes: tbsResponseData.tbsView,
    signatureAlgorithm: {
      algorithm: algorithmId,
      ...(algorithmParams === undefined ? {} : { parameters: new Uint8Array(algorithmParams.toBER()) }),
    },
    signature: signature.valueBlock.valueHexView,
  };
}

function certificatesOf({ certs = [] }: BasicOCSPResponse): readonly Certificate[] {
  return certs.flatMap((one) => readCertificate(new Uint8Array(one.toSchema().toBER())) ?? []);
}

const statuses: readonly SingleAnswer['status'][] = ['good', 'revoked', 'unknown'];

/** `undefined`: named by another digest than ours, or with an unknown critical extension, so that it is not for us. */
function singleAnswer({
  certID,
  certStatus,
  thisUpdate,
  nextUpdate,
  singleExtensions,
}: SingleResponse): SingleAnswer | undefined {
  const status = statuses[certStatus.idBlock.tagNumber];
  if (status === undefined || certID.hashAlgorithm.algorithmId !== sha1) return undefined;
  if (singleExtensions?.some(({ critical }) => critical) === true) return undefined;
  return {
    id: idOf(certID),
    status,
    thisUpdateAt: thisUpdate.getTime(),
    ...(nextUpdate === undefined ? {} : { nextUpdateAt: nextUpdate.getTime() }),
  };
}

function idOf({ issuerNameHash, issuerKeyHash, serialNumber }: CertID): CertificateId {
  return {
    issuerNameHash: issuerNameHash.valueBlock.valueHexView,
    issuerKeyHash: issuerKeyHash.valueBlock.valueHexView,
    serialOctets: serialNumber.valueBlock.valueHexView,
  };
}
