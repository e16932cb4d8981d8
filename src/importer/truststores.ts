/** @module `<jsse>` of a security domain (jboss-facts §4.1): the truststore, whose certificates become PEM files. */
import { readJavaKeystore, type TrustedCertificate } from '../wire/java-keystore.ts';
import { readCertificate } from '../wire/x509/certificate.ts';
import { certificateName } from '../wire/x509/certificate-names.ts';
import { readTrustExtensions } from '../wire/x509/extensions.ts';
import { type ImportContext, safeName } from './context.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface TruststoreEntry {
  readonly name: string;
  readonly comments: readonly string[];
  readonly certificates: readonly string[];
  readonly entries: Readonly<Record<string, string>>;
}

export interface ImportedTruststores {
  /** Those that something asks for. */
  used(): readonly TruststoreEntry[];
  /**
   * The truststore of what `securityDomain` of a login module names. `byAuthority`: a Java class decided, so that no single
   * certificate had to be in the store; then the authorities in it decide.
   */
  find(securityDomain: string, byAuthority: boolean): string | undefined;
}

export function importTruststores(security: SourceElement | undefined, context: ImportContext): ImportedTruststores {
  const stores = new Map<string, TruststoreEntry>();
  for (const domain of childrenOf(childOf(security, 'security-domains'), 'security-domain')) {
    const jsse = childOf(domain, 'jsse');
    const name = attributeOf(domain, 'name')?.value ?? '';
    if (jsse === undefined) continue;
    const imported = importOne(jsse, name, context);
    if (typeof imported === 'string') {
      context.ledger.noteTree(jsse, 'refused', `its truststore is not read: ${imported}`);
      context.ledger.task(`export the truststore of ${name} as PEM files and set truststores: ${imported}`, jsse);
    } else {
      stores.set(name, imported);
      noteParts(jsse, context);
    }
  }
  const used = new Map<string, TruststoreEntry>();
  return {
    used: () => [...used.values()],
    find(securityDomain, byAuthority) {
      const store = stores.get(securityDomain.replace(/^java:\/jaas\//, ''));
      if (store === undefined || (byAuthority && store.certificates.length === 0)) return undefined;
      const name = byAuthority ? `${store.name}-authorities` : store.name;
      used.set(name, byAuthority ? { ...store, name, entries: {} } : store);
      return name;
    },
  };
}

/** The store that is asked for certificates: without a truststore JBoss takes the keystore (jboss-facts §2.5). */
function partsOf(jsse: SourceElement) {
  const kind = attributeOf(jsse, 'truststore-url') === undefined ? 'keystore' : 'truststore';
  return { url: attributeOf(jsse, `${kind}-url`), password: attributeOf(jsse, `${kind}-password`) };
}

function importOne(jsse: SourceElement, name: string, context: ImportContext): TruststoreEntry | string {
  const { url, password } = partsOf(jsse);
  const path = url === undefined ? undefined : context.expand(url).plain;
  const secret = password === undefined ? undefined : context.expand(password).plain;
  if (path === undefined || secret === undefined) return 'its file or its password is not known';
  const file = context.options.files.read(path.replace(/^file:(?:\/\/)?/, ''));
  if ('problem' in file) return file.problem;
  const store = readJavaKeystore(file.bytes, secret);
  if ('problem' in store) return store.problem;
  const files: { readonly alias: string; readonly path: string; readonly isAuthority: boolean }[] = [];
  for (const one of store.certificates) {
    const certificate = readCertificate(one.der);
    const extensions = certificate === undefined ? undefined : readTrustExtensions(certificate);
    if (extensions === undefined) return `the certificate ${one.alias} in it cannot be read`;
    files.push({
      alias: aliasOf(one),
      path: context.add(`truststore-${safeName(name)}-${safeName(one.alias)}.pem`, pemOf(one.der)),
      isAuthority: extensions.isAuthority,
    });
  }
  if (files.length === 0) return 'it trusts nobody';
  return {
    name: safeName(name),
    comments: [context.at(jsse)],
    certificates: files.filter(({ isAuthority }) => isAuthority).map(({ path: where }) => where),
    entries: Object.fromEntries(files.map(({ alias, path: where }) => [alias, where])),
  };
}

/** JBoss looks a certificate up by its name, and the keystore has only kept it in lower case. */
function aliasOf({ alias, der }: TrustedCertificate): string {
  const name = certificateName(der, 'SubjectDN');
  return name !== undefined && name.toLowerCase() === alias.toLowerCase() ? name : alias;
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function noteParts(jsse: SourceElement, { ledger }: ImportContext): void {
  const { url, password } = partsOf(jsse);
  ledger.note(jsse, 'kept');
  ledger.note(url, 'approximated', 'its certificates are PEM files now');
  ledger.note(password, 'approximated', 'used to read it, and not needed any more');
  ledger.noteTree(jsse, 'refused', 'keys and TLS settings are those of the server: tls, management-tls');
}
