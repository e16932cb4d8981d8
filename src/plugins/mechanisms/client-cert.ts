/** @module HTTP mechanism CLIENT-CERT (Servlet 3.1 §13.6.4): the certificate that the client has shown on its connection. */
import { z } from 'zod';
import { maxCertificateBytes, maxCertificateChain } from '../../spi/evidence-limits.ts';
import { defineHttpMechanism } from '../../spi/http-mechanism.ts';

export const clientCert = defineHttpMechanism({
  name: 'CLIENT-CERT',
  summary: 'The client certificate of the TLS connection, or of the one to a trusted proxy.',
  options: z.strictObject({}),
  create: () => ({
    name: 'CLIENT-CERT',
    ambient: true,
    async evaluate({ certificateChain }) {
      if (certificateChain === undefined) return { status: 'not-attempted' };
      const long = certificateChain.some((certificate) => certificate.length > maxCertificateBytes);
      if (certificateChain.length === 0 || certificateChain.length > maxCertificateChain || long) {
        return { status: 'malformed', note: 'no certificate chain of ours' };
      }
      return { status: 'evidence', evidence: { kind: 'certificate', chain: certificateChain } };
    },
    // Asking was the handshake's part: an answer can no longer bring a certificate.
    challenge: () => undefined,
  }),
});
