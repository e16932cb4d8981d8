/** @module The linter's look at the keys of a role. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { decodeWrappedBase64 } from '../../encoding/base64.ts';
import { attribute, children, textOf, type XmlElement } from '../../xml/element.ts';
import { samlNamespaces } from '../constants.ts';
import { finding, type LintFinding } from './finding.ts';

const { md, ds } = samlNamespaces;
const leastRsaBits = 2048;

interface Certified {
  readonly certificate: X509Certificate;
  /** Read at once: a certificate whose key makes no sense can itself be read. */
  readonly publicKey: KeyObject;
}

interface Key {
  readonly use: string | undefined;
  /** `undefined` when it cannot be read. */
  readonly certified: Certified | undefined;
}

export function keyFindings(
  entityId: string,
  role: XmlElement,
  { now, as, encrypt }: { readonly now: number; readonly as: 'sp' | 'idp'; readonly encrypt: boolean },
): readonly LintFinding[] {
  const keys = children(role, md, 'KeyDescriptor').flatMap(keysOf);
  const findings = keys.flatMap(({ certified }) => certificateFindings(entityId, certified, now));
  const usable = (use: string) =>
    keys.filter((key) => (key.use === undefined || key.use === use) && key.certified !== undefined);
  const wantsSigning = as === 'idp' || /^\s*(?:true|1)\s*$/.test(attribute(role, 'AuthnRequestsSigned') ?? '');
  if (wantsSigning && usable('signing').length === 0) findings.push(finding('key-missing-signing', { entityId }));
  const isRsa = (key: Key) => key.certified?.publicKey.asymmetricKeyType === 'rsa';
  if (encrypt && !usable('encryption').some(isRsa)) findings.push(finding('key-missing-encryption', { entityId }));
  return findings;
}

function keysOf(descriptor: XmlElement): readonly Key[] {
  const use = attribute(descriptor, 'use');
  return children(descriptor, ds, 'KeyInfo')
    .flatMap((info) => children(info, ds, 'X509Data'))
    .flatMap((data) => children(data, ds, 'X509Certificate').slice(0, 1))
    .map((element) => ({ use, certified: certifiedBy(textOf(element) ?? '') }));
}

function certifiedBy(text: string): Certified | undefined {
  const der = decodeWrappedBase64(text);
  if (der === undefined || der.byteLength === 0) return undefined;
  try {
    const certificate = new X509Certificate(der);
    return { certificate, publicKey: certificate.publicKey };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

function certificateFindings(entityId: string, certified: Certified | undefined, now: number): LintFinding[] {
  if (certified === undefined) return [finding('certificate-unreadable', { entityId })];
  const { publicKey, certificate } = certified;
  const { subject, validFrom, validTo } = certificate;
  const name = subject.replace(/\n/g, ', ');
  const findings: LintFinding[] = [];
  if (Date.parse(validTo) <= now)
    findings.push(finding('certificate-expired', { entityId, detail: `${name}: ${validTo}` }));
  if (Date.parse(validFrom) > now)
    findings.push(finding('certificate-future', { entityId, detail: `${name}: ${validFrom}` }));
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (publicKey.asymmetricKeyType === 'rsa' && bits !== undefined && bits < leastRsaBits) {
    findings.push(finding('key-weak', { entityId, detail: `${name}: ${bits} bits` }));
  }
  return findings;
}
