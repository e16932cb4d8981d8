/** @module From a LogoutRequest on the wire to one that may end a session: every check, in the order in which trust grows. */
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import { type DecodedRedirect, verifyRedirectSignature } from '../wire/saml/bindings.ts';
import { type LogoutRequest, type NamedPerson, nameOf, parseLogoutRequest } from '../wire/saml/logout-request.ts';
import { canonicalize } from '../wire/xml/canonicalize.ts';
import type { DecryptionOptions } from '../wire/xml/decrypt.ts';
import type { XmlElement } from '../wire/xml/element.ts';
import { verifyEnveloped } from '../wire/xml/verify.ts';
import type { LogoutPartners, LogoutSender } from './logout-partner.ts';
import type { RequestUse } from './request-use.ts';

export interface ArrivedLogout {
  /** What the message stands in: itself, or a SOAP envelope. */
  readonly document: XmlElement;
  readonly message: XmlElement;
  /** Set on the Redirect binding, whose signature is not in the message. */
  readonly redirect?: DecodedRedirect;
}

export interface AcceptedLogout<P extends LogoutSender> {
  readonly partner: P;
  readonly id: string;
  readonly name: NamedPerson;
  readonly sessionIndexes: readonly string[];
}

export interface LogoutReaderOptions<P extends LogoutSender> {
  readonly partners: LogoutPartners<P>;
  readonly clock: Clock;
  readonly requestUse: RequestUse;
  /** The URL of our logout endpoint, as metadata names it. */
  readonly sloUrl: string;
  readonly clockSkewMs: number;
  /** Asked for each message: keys roll over while the server runs. */
  readonly decryption: (partner: P) => DecryptionOptions;
  readonly validateSchema: (xml: string) => Promise<void>;
  /** Told of each partner whose signature was verified. */
  readonly verified?: (entityId: string) => void;
}

/** A LogoutRequest is made for one redirect or one connection. */
export const maxLogoutAgeMs = 5 * 60_000;

export type LogoutReader<P extends LogoutSender> = (arrived: ArrivedLogout) => Promise<AcceptedLogout<P>>;

/**
 * Whoever may send it can end somebody's session, so it is always signed (saml-profiles §4.4.4.1), and counts once.
 * @throws ERR_XML_* and ERR_SAML_*; nothing has ended then.
 */
export function createLogoutReader<P extends LogoutSender>(options: LogoutReaderOptions<P>): LogoutReader<P> {
  const { partners, clock, sloUrl, clockSkewMs } = options;

  return async (arrived) => {
    const claimed = parseLogoutRequest(arrived.message);
    const partner = await partners.find(claimed.issuer, clock.now());
    const request = verified(arrived, partner, claimed);
    await options.validateSchema(canonicalize(arrived.message));
    checkAddress(request);
    checkTime(request);
    const name = nameOf(request, options.decryption(partner));
    await options.requestUse.use({ partner: partner.entityId, id: request.id });
    options.verified?.(partner.entityId);
    return { partner, id: request.id, name, sessionIndexes: request.sessionIndexes };
  };

  function checkAddress({ destination, issuer }: LogoutRequest): void {
    if (destination === sloUrl) return;
    const message =
      destination === undefined
        ? 'a signed request must say whom it is for'
        : 'the request was made for another address';
    throw new GatehouseError('ERR_SAML_DESTINATION', message, { facts: { partner: issuer } });
  }

  function checkTime({ issueInstant, notOnOrAfter, issuer }: LogoutRequest): void {
    const now = clock.now();
    const age = now - issueInstant;
    if (age > maxLogoutAgeMs + clockSkewMs || age < -clockSkewMs) {
      throw new GatehouseError('ERR_SAML_EXPIRED', 'IssueInstant is too old or in the future', {
        facts: { partner: issuer, ageMs: age },
      });
    }
    if (notOnOrAfter !== undefined && now >= notOnOrAfter + clockSkewMs) {
      throw new GatehouseError('ERR_SAML_EXPIRED', 'the request has expired', { facts: { partner: issuer } });
    }
  }
}

/** What a signature covers: every signature that is there holds, and there is one. */
function verified({ document, message, redirect }: ArrivedLogout, partner: LogoutSender, claimed: LogoutRequest) {
  const facts = { partner: partner.entityId };
  const detached = redirect?.signature;
  if (detached === undefined && !claimed.hasSignature) {
    throw new GatehouseError('ERR_SAML_SIGNATURE_REQUIRED', 'a LogoutRequest must be signed', { facts });
  }
  if (partner.signingKeys.length === 0) {
    throw new GatehouseError(
      'ERR_SAML_SIGNATURE_INVALID',
      "the request is signed, but the partner's metadata holds no key",
      { facts },
    );
  }
  if (detached !== undefined) verifyRedirectSignature(detached, partner.signingKeys);
  return claimed.hasSignature ? parseLogoutRequest(verifyEnveloped(document, message, partner.signingKeys)) : claimed;
}
