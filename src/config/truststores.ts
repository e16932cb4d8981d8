/** @module A truststore as the rest of the house reads it, and how a module's option finds one. */
import { jsseName } from '../spi/certificate-module.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { Finding, Path } from './problem.ts';
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
