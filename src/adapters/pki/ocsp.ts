/** @module Asks OCSP responders (RFC 6960, RFC 9654) and believes only those that may speak for the issuer. */
import type { Clock, Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { readDer } from '../../wire/der-reader.ts';
import type { Certificate } from '../../wire/x509/certificate.ts';
import { keyUsageBits, purposes, readTrustExtensions } from '../../wire/x509/extensions.ts';
import { readX500Name, x500NameKey } from '../../wire/x509/x500-name.ts';
import { createBoundedCache } from './bounded-cache.ts';
import type { WebFetch } from './fetch.ts';
import {
  buildOcspRequest,
  certificateIdOf,
  type OcspAnswer,
  ocspTypes,
  readOcspResponse,
  sameBytes,
  sameCertificateId,
  sha1Of,
} from './ocsp-message.ts';
import type { Member } from './path.ts';
import { verifySignature } from './signatures.ts';

export interface OcspSettings {
  /** Asked where the certificate names no responder of its own that may be asked. */
  readonly responder?: string;
  /** Ask `responder` always, whatever the certificate says. */
  readonly overrideResponder: boolean;
  /** Host names that a certificate may send us to; `*`: any. */
  readonly aiaHosts: readonly string[];
  readonly nonce: 'off' | 'optional' | 'required';
  readonly timeoutMs: number;
  readonly skewMs: number;
  /** For answers that name no next update. */
  readonly maxAgeMs: number;
}

export type OcspVerdict =
  | { readonly status: 'good' | 'revoked' }
  /** The responder answered, and the answer does not vouch for the certificate. */
  | { readonly status: 'unknown'; readonly note: string }
  /** No address that may be asked. */
  | { readonly status: 'nobody-to-ask' };

export interface OcspClient {
  /** @throws ERR_STORE_UNAVAILABLE when the responder cannot be asked, ERR_DEADLINE_EXCEEDED at `signal`. */
  ask(member: Member, issuer: Certificate, signal: AbortSignal): Promise<OcspVerdict>;
}

export interface OcspParts {
  readonly settings: OcspSettings;
  readonly fetch: WebFetch;
  readonly clock: Clock;
  readonly random: Random;
  /** A responder that is believed as it is. */
  readonly configuredResponder: () => Certificate | undefined;
  /** True when a delegated responder's own certificate is on a revocation list that is at hand. */
  readonly isListedAsRevoked: (certificate: Certificate, issuer: Certificate) => boolean;
}

/** Answers have one or two KiB, with a chain of certificates some more. */
const maxAnswerBytes = 64 * 1024;
/** An answer has some hundred bytes in memory. */
const maxCached = 10_000;
/** A responder that did not answer is left alone so long, or every login would wait for it. */
const pauseMs = 15_000;
/** RFC 9654 §2.1. */
const nonceBytes = 32;
const noCheck = '1.3.6.1.5.5.7.48.1.5';

export function createOcspClient(parts: OcspParts): OcspClient {
  const { settings, clock } = parts;
  const answers = createBoundedCache<'good' | 'revoked'>(clock, maxCached);
  const paused = createBoundedCache<GatehouseError>(clock, maxCached);

  function urlFor({ extensions }: Member): string | undefined {
    if (settings.overrideResponder) return settings.responder;
    return extensions.ocspUrls.find((url) => mayBeAsked(url, settings.aiaHosts)) ?? settings.responder;
  }

  async function fetchAnswer(url: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const failed = paused.get(url);
    if (failed !== undefined) throw failed;
    try {
      const body = { bytes: request, type: ocspTypes.request };
      const limits = { maxBytes: maxAnswerBytes, timeoutMs: settings.timeoutMs };
      return await parts.fetch({ url, body, type: ocspTypes.response, ...limits }, signal);
    } catch (error) {
      if (error instanceof GatehouseError && error.code === 'ERR_STORE_UNAVAILABLE') {
        paused.set(url, error, clock.now() + pauseMs);
      }
      throw error;
    }
  }

  return {
    async ask(member, issuer, signal) {
      const url = urlFor(member);
      if (url === undefined) return { status: 'nobody-to-ask' };
      const id = certificateIdOf(member.certificate, issuer);
      const key = [url, ...Object.values(id).map((part) => Buffer.from(part).toString('hex'))].join(' ');
      const known = answers.get(key);
      if (known !== undefined) return { status: known };
      const nonce = settings.nonce === 'off' ? undefined : parts.random.bytes(nonceBytes);
      const reading = await readOcspResponse(await fetchAnswer(url, await buildOcspRequest(id, nonce), signal));
      if (reading.status === 'refused') return { status: 'unknown', note: reading.problem };
      const { answer } = reading;
      const problem = refuseAnswer(answer, issuer, nonce, parts);
      if (problem !== undefined) return { status: 'unknown', note: problem };
      const single = answer.answers.find((one) => sameCertificateId(one.id, id));
      if (single === undefined) return { status: 'unknown', note: 'an answer about another certificate' };
      const stale = refuseDates(single, settings, clock.now());
      if (stale !== undefined) return { status: 'unknown', note: stale };
      if (single.status === 'unknown')
        return { status: 'unknown', note: 'the responder does not know the certificate' };
      if (single.nextUpdateAt !== undefined) answers.set(key, single.status, single.nextUpdateAt);
      return { status: single.status };
    },
  };
}

export function mayBeAsked(url: string, hosts: readonly string[]): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
  return host !== undefined && hosts.some((one) => one === '*' || one.toLowerCase() === host);
}

/** Who signed, whether he may, and whether it answers this very request. */
function refuseAnswer(
  answer: OcspAnswer,
  issuer: Certificate,
  nonce: Uint8Array | undefined,
  parts: OcspParts,
): string | undefined {
  const { settings, clock } = parts;
  const now = clock.now();
  const signer = signerOf(answer, issuer, parts);
  if (signer === undefined) return 'signed by nobody who may speak for the issuer';
  if (verifySignature(answer, signer.publicKeyInfo) !== 'good') return 'the signature of the answer is not right';
  if (answer.producedAt > now + settings.skewMs) return 'the answer is from the future';
  if (nonce !== undefined && answer.nonce !== undefined && !sameBytes(nonce, answer.nonce)) return 'another nonce';
  return settings.nonce === 'required' && answer.nonce === undefined ? 'no nonce' : undefined;
}

/** RFC 6960 §4.2.2.2: the responder that is configured, the issuer itself, or one whom the issuer has authorised. */
function signerOf(answer: OcspAnswer, issuer: Certificate, parts: OcspParts): Certificate | undefined {
  const direct = [parts.configuredResponder(), issuer].find(
    (one) => one !== undefined && isResponder(one, answer.responder),
  );
  return (
    direct ?? answer.certificates.find((one) => isResponder(one, answer.responder) && isDelegate(one, issuer, parts))
  );
}

function isResponder(certificate: Certificate, responder: OcspAnswer['responder']): boolean {
  if ('keyHash' in responder) return sameBytes(sha1Of(certificate.publicKeyBits), responder.keyHash);
  const name = readX500Name(readDer(responder.nameDer));
  return name !== undefined && x500NameKey(name) === x500NameKey(certificate.subject);
}

/** Issued by the issuer directly, for this purpose, valid now. An ordinary certificate of the same issuer is none. */
function isDelegate(certificate: Certificate, issuer: Certificate, { clock, isListedAsRevoked }: OcspParts): boolean {
  const now = clock.now();
  const extensions = readTrustExtensions(certificate);
  return (
    extensions?.extendedKeyUsage?.includes(purposes.ocspSigning) === true &&
    extensions.keyUsage?.(keyUsageBits.digitalSignature) !== false &&
    x500NameKey(certificate.issuer) === x500NameKey(issuer.subject) &&
    now >= certificate.notBeforeAt &&
    now <= certificate.notAfterAt &&
    verifySignature(certificate, issuer.publicKeyInfo) === 'good' &&
    (certificate.extensions.has(noCheck) || !isListedAsRevoked(certificate, issuer))
  );
}

function refuseDates(
  single: { readonly thisUpdateAt: number; readonly nextUpdateAt?: number },
  { skewMs, maxAgeMs }: OcspSettings,
  now: number,
): string | undefined {
  const { thisUpdateAt, nextUpdateAt = thisUpdateAt + maxAgeMs } = single;
  if (thisUpdateAt > now + skewMs) return 'the answer is from the future';
  return nextUpdateAt < now - skewMs ? 'the answer is out of date' : undefined;
}
