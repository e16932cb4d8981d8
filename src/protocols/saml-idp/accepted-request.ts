/** @module What is left of an AuthnRequest once it is trusted: enough to answer it, parked as JSON while the person signs in. */
import { z } from 'zod';
import { GatehouseError } from '../../spi/errors.ts';
import { browserBindings } from './consumer-service.ts';
import { refusalFaults, refusalStatuses } from './refusals.ts';

const acceptedRequest = z.object({
  /** entityID of the partner. */
  partner: z.string(),
  /** Absent when nobody asked (IdP-initiated). */
  id: z.string().optional(),
  acsUrl: z.string(),
  /** By which a browser takes the answer there. Absent: the client carries it itself, or an older release has parked this (HTTP-POST). */
  binding: z.enum(browserBindings).optional(),
  relayState: z.string().optional(),
  forceAuthn: z.boolean(),
  isPassive: z.boolean(),
  nameIdFormat: z.string().optional(),
  /** Of whom the name is to be one: the partner itself or its affiliation (saml-core §3.4.1.1). */
  spNameQualifier: z.string().optional(),
  /** The only person about whom the partner wants to hear (saml-core §3.4.1). */
  subject: z.object({ format: z.string().optional(), value: z.string() }).readonly().optional(),
  authnContext: z
    .object({ comparison: z.string(), classRefs: z.array(z.string()).readonly() })
    .readonly()
    .optional(),
  /** The assertion ends here at the latest, in milliseconds since the epoch. */
  notOnOrAfter: z.number().optional(),
  /** The partner promises to forget the assertion after use (saml-core §2.5.1.5). */
  oneTimeUse: z.boolean().optional(),
  /** Which service of the metadata says what attributes are wanted; absent where it has none. */
  attributeServiceIndex: z.number().optional(),
  /** Nobody has to sign in to be told this. */
  refusal: z
    .object({ fault: z.enum(refusalFaults), status: z.enum(refusalStatuses) })
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
