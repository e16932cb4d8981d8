/** @module The evidence that commands take from the keyboard and from files: passwords, names to assume, certificates. */
import { X509Certificate } from 'node:crypto';
import { readBoundedText } from '../adapters/bounded-file.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { CertificateEvidence } from '../spi/evidence.ts';
import { maxCertificateBytes, maxCertificateChain } from '../spi/evidence-limits.ts';
import { Secret } from '../spi/secret.ts';

/** More than the longest password in any encoding. */
const maxInputBytes = 64 * 1024;
/** PEM is a third longer than DER, and people leave text around it. */
const maxPemBytes = 2 * maxCertificateChain * maxCertificateBytes;

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The first line of standard input, without its line end. @throws ERR_REQUEST_TOO_LARGE */
export async function readPassword(input: AsyncIterable<Buffer | string>): Promise<Secret<string>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxInputBytes) {
      throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'standard input holds more than a password', {
        facts: { maxBytes: maxInputBytes },
      });
    }
    chunks.push(bytes);
  }
  const [line = ''] = Buffer.concat(chunks).toString('utf8').split('\n', 1);
  return new Secret(line.replace(/\r$/, ''));
}

/** A PEM file: the certificate, then its issuers. @throws ERR_CONFIG_UNREADABLE */
export async function readCertificates(path: string): Promise<CertificateEvidence> {
  const read = await readBoundedText(path, maxPemBytes);
  if ('problem' in read) throw unreadable(path, read.problem);
  const blocks = read.text.match(certificateBlock) ?? [];
  if (blocks.length === 0) throw unreadable(path, 'no certificate in PEM');
  return { kind: 'certificate', chain: blocks.map((block) => derOf(block, path)) };
}

function derOf(pem: string, path: string): Uint8Array {
  try {
    return new X509Certificate(pem).raw;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw unreadable(path, 'a block is no certificate', cause);
  }
}

function unreadable(file: string, problem: string, cause?: unknown): GatehouseError {
  return new GatehouseError('ERR_CONFIG_UNREADABLE', 'the certificate cannot be read', {
    facts: { file, problem },
    cause,
  });
}
