/** @module What TLS to a collector is made with: files read once, at the start. */
import { rootCertificates } from 'node:tls';
import type { AuditTls } from '../../spi/audit.ts';
import { GatehouseError } from '../../spi/errors.ts';

/** Options of `tls.connect`. The server's certificate is always checked. */
export interface TlsMaterial {
  readonly ca: string[];
  readonly servername?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: true;
}

/** @throws ERR_CONFIG_INVALID, and what `readText` throws */
export async function readTlsMaterial(
  { ca, serverName, certificate, key }: AuditTls,
  readText: (path: string) => Promise<string>,
): Promise<TlsMaterial> {
  if ((certificate === undefined) !== (key === undefined)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'a client certificate and its key go together');
  }
  return {
    ca: ca === undefined ? [...rootCertificates] : [await readText(ca)],
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(certificate === undefined ? {} : { cert: await readText(certificate) }),
    ...(key === undefined ? {} : { key: await readText(key) }),
    rejectUnauthorized: true,
  };
}
