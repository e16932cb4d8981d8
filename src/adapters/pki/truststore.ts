/** @module A truststore: anchors, intermediates and entries out of files, and the verdict on a client's certificate chain. */
import type { Clock, Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { maxCertificateChain } from '../../spi/evidence-limits.ts';
import type { CertificateVerdict, Truststore } from '../../spi/truststore.ts';
import type { WatchBytes, Watched, WatchFile } from '../../spi/watched-file.ts';
import { type Certificate, readCertificate } from '../../wire/x509/certificate.ts';
import type { RevocationList } from '../../wire/x509/revocation-list.ts';
import { nameBearer } from './authority-names.ts';
import { createWebFetch, type WebFetch } from './fetch.ts';
import { createOcspClient, type OcspSettings } from './ocsp.ts';
import { findPath, isSelfIssued, type Member, memberOf, type Refusal, refuseAsClient } from './path.ts';
import { pemBlocks } from './pem.ts';
import { createRevocationCheck, type RefuseRevoked } from './revocation.ts';
import { readListFile } from './revocation-list-file.ts';
import { createRevocationLists } from './revocation-lists.ts';
import { verifySignature } from './signatures.ts';

/** Every path is as the configuration writes it; files are PEM. */
export interface TruststoreSettings {
  readonly name: string;
  /** Authorities that are believed. */
  readonly certificates: readonly string[];
  /** Authorities in between, for clients and proxies that do not show them. */
  readonly intermediates: readonly string[];
  /** One certificate under each alias. */
  readonly entries: Readonly<Record<string, string>>;
  readonly crl: readonly string[];
  readonly crlHosts: readonly string[];
  readonly revocationScope: 'chain' | 'leaf';
  readonly ocsp?: OcspSettings & {
    readonly mode: 'soft-fail' | 'hard-fail';
    /** Of a responder that is believed as it is. */
    readonly responderCertificate?: string;
    readonly proxy?: string;
  };
}

export interface TruststoreParts {
  readonly watchFile: WatchFile;
  readonly watchBytes: WatchBytes;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: the network. */
  readonly fetch?: WebFetch;
}

export interface OpenTruststore extends Truststore {
  /** PEM of certificates that bear the names of the authorities: what a TLS listener tells clients to choose by. */
  acceptedAuthorities(): readonly string[];
}

/** More than any authority of a country has; each one is compared at every login. */
const maxListed = 1000;
/** Lists from distribution points are asked for under the same limits as OCSP answers where nothing is written. */
const listDefaults = { timeoutMs: 3000, skewMs: 300_000 } as const;

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when a file cannot be used at the start. Later the old contents stay. */
export async function openTruststore(settings: TruststoreSettings, parts: TruststoreParts): Promise<OpenTruststore> {
  const watch = <T>(path: string, parse: (text: string) => T) => orFail(path, parts.watchFile(path, parse));
  const watchAll = <T>(paths: readonly string[], parse: (text: string) => T) =>
    Promise.all(paths.map((path) => watch(path, parse)));
  const anchors = await watchAll(settings.certificates, parseAuthorities);
  const intermediates = await watchAll(settings.intermediates, parseAuthorities);
  const entries = new Map<string, Watched<Member>>();
  for (const [alias, path] of Object.entries(settings.entries)) entries.set(alias, await watch(path, parseOne));
  const responder = await watchAll([settings.ocsp?.responderCertificate ?? []].flat(), parseOne);
  const lists = await Promise.all(settings.crl.map((path) => orFail(path, parts.watchBytes(path, readListFile))));
  const revoked = createRevocation(settings, parts, lists, () => responder[0]?.current().certificate);
  const current = <T>(files: readonly Watched<readonly T[]>[]) => files.flatMap((file) => file.current());

  /** A self-signed certificate among the entries is its own anchor: nobody else can vouch for it, or revoke it. */
  function pinned(leaf: Member): boolean {
    return (
      isSelfIssued(leaf) &&
      verifySignature(leaf.certificate, leaf.certificate.publicKeyInfo) === 'good' &&
      [...entries.values()].some((entry) => isSame(entry.current(), leaf))
    );
  }

  return {
    name: settings.name,
    hasEntries: entries.size > 0,
    find: (alias) => entries.get(alias)?.current().certificate.der,
    acceptedAuthorities: () => {
      const own = [...entries.values()].map((entry) => entry.current()).filter(isSelfIssued);
      return [...current(anchors), ...own].map(({ certificate }) => nameBearer(certificate.subjectDer));
    },
    async validate(chain, signal) {
      const members = membersOf(chain);
      const [leaf, ...shown] = members ?? [];
      if (leaf === undefined) return refused({ reason: 'malformed' });
      const now = parts.clock.now();
      if (pinned(leaf)) {
        const refusal = refuseAsClient(leaf, now);
        return refusal === undefined ? { status: 'trusted' } : refused(refusal);
      }
      const found = findPath(leaf, [...shown, ...current(intermediates)], current(anchors), now);
      if (found.status === 'refused') return refused(found);
      const refusal = await revoked?.(found.path, signal);
      return refusal === undefined ? { status: 'trusted' } : refused(refusal);
    },
  };
}

function createRevocation(
  settings: TruststoreSettings,
  { clock, random, fetch }: TruststoreParts,
  files: readonly Watched<readonly RevocationList[]>[],
  configuredResponder: () => Certificate | undefined,
): RefuseRevoked | undefined {
  const { ocsp, crlHosts } = settings;
  if (ocsp === undefined && files.length === 0 && crlHosts.length === 0) return undefined;
  const network = fetch ?? createWebFetch(ocsp?.proxy);
  const { timeoutMs, skewMs } = ocsp ?? listDefaults;
  const lists = createRevocationLists({ files, hosts: crlHosts, fetch: network, timeoutMs, skewMs, clock });
  const configured = files.length > 0 || crlHosts.length > 0;
  if (ocsp === undefined) return createRevocationCheck({ lists, scope: settings.revocationScope });
  const client = createOcspClient({
    settings: ocsp,
    configuredResponder,
    fetch: network,
    clock,
    random,
    isListedAsRevoked: (certificate, issuer) => {
      const member = memberOf(certificate);
      return member !== undefined && lists.look(member, issuer) === 'revoked';
    },
  });
  return createRevocationCheck({
    ...(configured ? { lists } : {}),
    ocsp: { client, mode: ocsp.mode },
    scope: settings.revocationScope,
  });
}

async function orFail<T>(path: string, watching: Promise<Watched<T> | undefined>): Promise<Watched<T>> {
  const watched = await watching;
  if (watched === undefined) {
    throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'there is no such file', { facts: { file: path } });
  }
  return watched;
}

/** Issuers that cannot be read are as good as absent: the leaf decides whether there is anything to look at. */
function membersOf(chain: readonly Uint8Array[]): readonly Member[] | undefined {
  const [leaf, ...others] = chain.slice(0, maxCertificateChain).map((der) => {
    const certificate = readCertificate(der);
    return certificate === undefined ? undefined : memberOf(certificate);
  });
  return leaf === undefined ? undefined : [leaf, ...others.filter((one) => one !== undefined)];
}

function parseCertificates(text: string): readonly Member[] {
  const blocks = pemBlocks(text, 'CERTIFICATE');
  if (blocks.length > maxListed) throw invalid('too many certificates in one file');
  return blocks.map((der) => {
    const certificate = readCertificate(der);
    const member = certificate === undefined ? undefined : memberOf(certificate);
    if (member === undefined) throw invalid('a certificate that cannot be read');
    return member;
  });
}

function parseAuthorities(text: string): readonly Member[] {
  const members = parseCertificates(text);
  if (members.some(({ extensions }) => !extensions.isAuthority)) {
    throw invalid('a certificate that is no certification authority: one of a person belongs to entries');
  }
  return members;
}

function parseOne(text: string): Member {
  const [member, ...others] = parseCertificates(text);
  if (member === undefined || others.length > 0) throw invalid('an entry is a file with one certificate');
  return member;
}

function invalid(message: string): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', message);
}

function refused({ reason, note }: Refusal): CertificateVerdict {
  return { status: 'refused', reason, ...(note === undefined ? {} : { note }) };
}

function isSame(one: Member, other: Member): boolean {
  return Buffer.compare(one.certificate.der, other.certificate.der) === 0;
}
