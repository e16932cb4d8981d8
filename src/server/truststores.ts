/** @module Builds the truststores of the configuration, and what listeners and proxies need to know of client certificates. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { ClientCertificates } from '../adapters/listener.ts';
import type { OpenTruststore } from '../adapters/pki/truststore.ts';
import type { Configuration, TlsConfiguration } from '../config/configuration.ts';
import type { ClientCertificateHeader, TruststoreConfiguration } from '../config/truststores.ts';
import type { CertificateHeaderReader } from '../http/client-certificates.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { WatchBytes, WatchFile } from '../spi/watched-file.ts';
import { isClientCertificateHeader, readClientCertificate } from '../wire/client-certificate-headers.ts';
import { madeFrom } from './placed.ts';

export interface TruststoreServices {
  readonly home: Pick<HomeFolder, 'inConfiguration'>;
  readonly watchFile: WatchFile;
  readonly watchBytes: WatchBytes;
  readonly clock: Clock;
  readonly random: Random;
}

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when a file of one cannot be used. */
export async function buildTruststores(
  configured: readonly TruststoreConfiguration[],
  services: TruststoreServices,
): Promise<ReadonlyMap<string, OpenTruststore>> {
  const built = new Map<string, OpenTruststore>();
  if (configured.length === 0) return built;
  const { openTruststore } = await import('../adapters/pki/truststore.ts');
  const watchFile: WatchFile = (path, parse) => services.watchFile(services.home.inConfiguration(path), parse);
  const watchBytes: WatchBytes = (path, parse) => services.watchBytes(services.home.inConfiguration(path), parse);
  for (const settings of configured) {
    const open = () => openTruststore(settings, { ...services, watchFile, watchBytes });
    built.set(settings.name, await madeFrom(settings.place, open));
  }
  return built;
}

/** What a listener asks its clients for; `undefined`: nothing. */
export function clientCertificatesOf(
  tls: TlsConfiguration,
  truststores: ReadonlyMap<string, Pick<OpenTruststore, 'acceptedAuthorities'>>,
): ClientCertificates | undefined {
  if (tls.clientCertificates === 'none') return undefined;
  const authorities = truststores.get(tls.truststore ?? '')?.acceptedAuthorities() ?? [];
  return { required: tls.clientCertificates === 'required', authorities };
}

export function certificateHeaderReader(configured: ClientCertificateHeader | undefined): CertificateHeaderReader {
  return {
    isCertificateHeader: (name) => name === configured?.header || isClientCertificateHeader(name),
    ...(configured === undefined
      ? {}
      : { read: (headers) => readClientCertificate(configured.format, headers, configured.header) }),
  };
}

/** For `createHttpApp` of the public side. */
export function clientCertificateOptions(configuration: Configuration) {
  const { trustedProxies, clientCertificateHeader } = configuration;
  return { trustedProxies, clientCertificates: certificateHeaderReader(clientCertificateHeader) };
}
