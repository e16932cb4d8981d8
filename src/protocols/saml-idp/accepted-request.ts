/** @module What is left of an AuthnRequest once it is trusted: enough to answer it, parked as JSON while the person signs in. */
import { z } from 'zod';
import { GatehouseError } from '../../spi/errors.ts';

const acceptedRequest = z.object({
  /** entityID of the partner. */
  partner: z.string(),
  /** Absent when nobody asked (IdP-initiated). */
  id: z.string().optional(),
  acsUrl: z.string(),
  relayState: z.string().optional(),
  forceAuthn: z.boolean(),
  isPassive: z.boolean(),
  nameIdFormat: z.string().optional(),
  /** The only person about whom the partner wants to hear (saml-core §3.4.1). */
  subject: z.object({ format: z.string().optional(), value: z.string() }).readonly().optional(),
  authnContext: z
    .object({ comparison: z.string(), classRefs: z.array(z.string()).readonly() })
    .readonly()
    .optional(),
});

export type AcceptedRequest = Readonly<z.output<typeof acceptedRequest>>;

/** What was parked, read back. @throws ERR_LOGIN_EXPIRED for a record of another release: the person begins again. */
export function parseAccepted(state: string): AcceptedRequest {
  const parsed = acceptedRequest.safeParse(JSON.parse(state));
  if (!parsed.success) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked by another release');
  return parsed.data;
}
