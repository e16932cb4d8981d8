/** @module A truststore as the rest of the house reads it, and the checks of everything that names one. */
import { jsseName } from '../spi/certificate-module.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { Finding, Path } from './problem.ts';
import type { ConfigurationDocument } from './schema.ts';
import { type Checked, valueAt } from './schema-findings.ts';
import type { TruststoreDocument } from './schema-truststores.ts';
import { didYouMean } from './suggestion.ts';

export interface OcspConfiguration {
  readonly mode: 'soft-fail' | 'hard-fail';
  readonly responder?: string;
  readonly overrideResponder: boolean;
  readonly aiaHosts: readonly string[];
  readonly nonce: 'off' | 'optional' | 'required';
  readonly timeoutMs: number;
  readonly skewMs: number;
  readonly maxAgeMs: number;
  readonly responderCertificate?: string;
  readonly proxy?: string;
}

/** Files are as written; `HomeFolder.inConfiguration` makes them absolute. */
export interface TruststoreConfiguration {
  readonly name: string;
  readonly certificates: readonly string[];
  readonly intermediates: readonly string[];
  readonly entries: Readonly<Record<string, string>>;
  readonly crl: readonly string[];
  readonly crlHosts: readonly string[];
  readonly revocationScope: 'chain' | 'leaf';
  /** Absent: `off`. */
  readonly ocsp?: OcspConfiguration;
  readonly place: ConfigurationPlace;
}

export interface ClientCertificateHeader {
  readonly format: 'nginx' | 'apache' | 'haproxy' | 'rfc9440' | 'traefik' | 'envoy';
  /** Lower case. */
  readonly header?: string;
}

export function resolveTruststore(
  name: string,
  written: TruststoreDocument,
  place: ConfigurationPlace,
): TruststoreConfiguration {
  const ocsp = resolveOcsp(written.ocsp);
  return {
    name,
    certificates: written.certificates,
    intermediates: written.intermediates,
    entries: written.entries,
    crl: written.crl,
    crlHosts: written['crl-hosts'],
    revocationScope: written['revocation-scope'],
    ...(ocsp === undefined ? {} : { ocsp }),
    place,
  };
}

function resolveOcsp(written: TruststoreDocument['ocsp']): OcspConfiguration | undefined {
  if (written === undefined || written.mode === 'off') return undefined;
  const { mode, responder, nonce, proxy, 'responder-certificate': responderCertificate } = written;
  return {
    mode,
    nonce,
    ...(responder === undefined ? {} : { responder }),
    overrideResponder: written['override-responder'],
    aiaHosts: written['aia-hosts'],
    timeoutMs: written['timeout-ms'],
    skewMs: written['skew-seconds'] * 1000,
    maxAgeMs: written['max-age-seconds'] * 1000,
    ...(responderCertificate === undefined ? {} : { responderCertificate }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

/** Modules whose options name a truststore: `truststore`, else `securityDomain`. */
const asking: readonly string[] = ['Certificate', 'CertificateRoles', 'DatabaseCertificate'];
const defaultSecurityDomain = 'other';

function namesOf(checked: Omit<Checked, 'at'>): readonly string[] {
  const section = valueAt(checked.value, ['truststores']);
  return typeof section === 'object' && section !== null ? Object.keys(section) : [];
}

/** What is wrong with the truststore that a login module names; `path`: the module. */
export function truststoreFindings(
  checked: Omit<Checked, 'at'>,
  code: string | undefined,
  path: Path,
): readonly Finding[] {
  if (code === undefined || !asking.includes(code)) return [];
  const options = [...path, 'module-options'];
  const key = valueAt(checked.value, [...options, 'truststore']) === undefined ? 'securityDomain' : 'truststore';
  const written = valueAt(checked.value, [...options, key]);
  const names = namesOf(checked);
  if (written === undefined) {
    return names.includes(defaultSecurityDomain)
      ? []
      : [{ path, message: 'needs module-options.truststore: there is no truststore "other", the default' }];
  }
  const name = typeof written === 'string' ? jsseName(written) : String(written);
  if (names.includes(name) || checked.holdsSecret([...options, key])) return [];
  return [{ path: [...options, key], message: `unknown truststore${didYouMean(name, names)}` }];
}

/** Settings that each are right alone. */
export function certificateFindings(document: ConfigurationDocument): readonly Finding[] {
  return [...listenerFindings(document), ...headerFindings(document), ...storeFindings(document)];
}

function listenerFindings(document: ConfigurationDocument): readonly Finding[] {
  return (['tls', 'management-tls'] as const).flatMap((key) => {
    const { truststore, 'client-certificates': wanted = 'none' } = document[key] ?? {};
    if (truststore === undefined) {
      return wanted === 'none'
        ? []
        : [{ path: [key, 'client-certificates'], message: 'needs a truststore, whose authorities clients are told' }];
    }
    const names = Object.keys(document.truststores);
    return names.includes(truststore)
      ? []
      : [{ path: [key, 'truststore'], message: `unknown truststore${didYouMean(truststore, names)}` }];
  });
}

function headerFindings(document: ConfigurationDocument): readonly Finding[] {
  const wanted = document['client-certificate-header'] !== undefined && document['trusted-proxies'].length === 0;
  return wanted
    ? [{ path: ['client-certificate-header'], message: 'counts only from trusted-proxies, and there are none' }]
    : [];
}

function storeFindings(document: ConfigurationDocument): readonly Finding[] {
  return Object.entries(document.truststores).flatMap(([name, { certificates, entries, ocsp }]) => {
    const path = ['truststores', name];
    const findings: Finding[] = [];
    if (certificates.length === 0 && Object.keys(entries).length === 0) {
      findings.push({ path, message: 'believes nobody: it has neither certificates nor entries' });
    }
    if (ocsp === undefined || ocsp.mode === 'off') return findings;
    if (ocsp.responder === undefined && ocsp['override-responder']) {
      findings.push({ path: [...path, 'ocsp', 'override-responder'], message: 'needs a responder' });
    }
    if (ocsp.responder === undefined && ocsp['aia-hosts'].length === 0) {
      findings.push({ path: [...path, 'ocsp'], message: 'has nobody to ask: set responder or aia-hosts' });
    }
    return findings;
  });
}
