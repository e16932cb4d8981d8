/** @module TLS options towards a database: always verified, never older than TLS 1.2. */
import type { PeerCertificate } from 'node:tls';
import type { SqlTls } from './pool.ts';

export interface TlsClientOptions {
  readonly ca?: string;
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

export function tlsOptions({ mode, ca }: SqlTls): TlsClientOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}
