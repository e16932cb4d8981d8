/** @module Certificates of every kind for tests, made with openssl: authorities, clients, and every way to get one wrong. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface IssuedCertificate {
  readonly name: string;
  readonly pem: string;
  readonly keyPem: string;
  readonly der: Uint8Array;
  /** Hexadecimal, upper case. */
  readonly serial: string;
}

export interface CertificateOptions {
  readonly issuer?: IssuedCertificate;
  /** `/C=DE/O=Example/CN=alice`; `/CN=<name>` where it is left out. */
  readonly subject?: string;
  /** Lines of an openssl extension section. */
  readonly extensions?: readonly string[];
  readonly keyArguments?: readonly string[];
  /** Use the key of another certificate: for cross-certificates. */
  readonly keyOf?: IssuedCertificate;
  /** `YYYYMMDDHHMMSSZ`. */
  readonly from?: string;
  readonly to?: string;
  readonly digest?: string;
  /** Further arguments of `openssl ca`. */
  readonly signArguments?: readonly string[];
}

export const authority = (pathLength = ''): readonly string[] => [
  `basicConstraints=critical,CA:TRUE${pathLength}`,
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];
export const client: readonly string[] = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=clientAuth',
  'subjectKeyIdentifier=hash',
];

const p256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

export function createCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificates-'));
  const path = (name: string) => join(folder, name);
  let serial = 0x1000;
  const openssl = (args: readonly string[], input?: Uint8Array) =>
    execFileSync('openssl', args, {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });

  function configure(extensions: readonly string[]): void {
    const [database, policy] = [
      'database=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\ndefault_crl_days=30',
      'countryName=optional\norganizationName=optional\norganizationalUnitName=optional\ncommonName=optional\nemailAddress=optional\nuserId=optional\ndomainComponent=optional',
    ];
    writeFileSync(
      path('ca.cnf'),
      `[ca]\ndefault_ca=d\n[d]\n${database}\n[p]\n${policy}\n[e]\n${extensions.join('\n')}\n`,
    );
  }

  return {
    folder,
    path,
    openssl,
    issue(name: string, options: CertificateOptions = {}): IssuedCertificate {
      const {
        issuer,
        subject = `/CN=${name}`,
        extensions = client,
        from = '20200101000000Z',
        to = '20491231000000Z',
      } = options;
      const keyFile = options.keyOf === undefined ? `${name}.key` : `${options.keyOf.name}.key`;
      if (options.keyOf === undefined) openssl(['genpkey', ...(options.keyArguments ?? p256), '-out', keyFile]);
      openssl(['req', '-new', '-utf8', '-key', keyFile, '-subj', subject, '-out', `${name}.csr`]);
      configure(extensions);
      serial += 1;
      writeFileSync(path('index.txt'), '');
      writeFileSync(path('serial'), `${serial.toString(16).toUpperCase()}\n`);
      const signer =
        issuer === undefined
          ? ['-selfsign', '-keyfile', keyFile]
          : ['-cert', `${issuer.name}.crt`, '-keyfile', `${issuer.name}.key`];
      openssl([
        ...['ca', '-batch', '-utf8', '-preserveDN', '-config', 'ca.cnf', '-extensions', 'e', ...signer],
        ...['-md', options.digest ?? 'sha256', '-startdate', from, '-enddate', to, ...(options.signArguments ?? [])],
        ...['-in', `${name}.csr`, '-notext', '-out', `${name}.crt`],
      ]);
      if (options.keyOf !== undefined) writeFileSync(path(`${name}.key`), readFileSync(path(keyFile)));
      const pem = readFileSync(path(`${name}.crt`), 'utf8');
      const keyPem = readFileSync(path(`${name}.key`), 'utf8');
      return { name, pem, keyPem, der: new X509Certificate(pem).raw, serial: serial.toString(16).toUpperCase() };
    },
    /** A revocation list in PEM. */
    revocationList(
      issuer: IssuedCertificate,
      revoked: readonly IssuedCertificate[],
      options: { readonly extensions?: readonly string[]; readonly arguments?: readonly string[] } = {},
    ): string {
      configure(options.extensions ?? ['authorityKeyIdentifier=keyid']);
      writeFileSync(path('index.txt'), indexOf(revoked.map((certificate) => ({ certificate, revoked: true }))));
      openssl([
        ...[
          'ca',
          '-gencrl',
          '-config',
          'ca.cnf',
          '-crlexts',
          'e',
          '-cert',
          `${issuer.name}.crt`,
          '-keyfile',
          `${issuer.name}.key`,
        ],
        ...(options.arguments ?? ['-crldays', '30']),
        ...['-out', 'list.pem'],
      ]);
      return readFileSync(path('list.pem'), 'utf8');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** openssl's database: state, expiry, revocation, serial number, file, subject. */
export function indexOf(
  rows: readonly { readonly certificate: IssuedCertificate; readonly revoked: boolean }[],
): string {
  return rows
    .map(({ certificate, revoked }) =>
      [
        revoked ? 'R' : 'V',
        '491231000000Z',
        revoked ? '240101000000Z,keyCompromise' : '',
        certificate.serial,
        'unknown',
        `/CN=${certificate.name}`,
      ].join('\t'),
    )
    .map((line) => `${line}\n`)
    .join('');
}
