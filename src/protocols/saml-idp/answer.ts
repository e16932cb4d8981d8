/** @module The answer to an accepted request: an assertion about the person of a live session, or a status that says why not. */
import type { Clock, Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';
import { nameIdFormats, statusCodes } from '../../wire/saml/constants.ts';
import { issueBearer, issueStatusResponse, type ResponseInput, respondWithBearer } from '../../wire/saml/response.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import { releasedAttributes } from './attribute-release.ts';
import type { AuthnContexts } from './authn-context.ts';
import type { BrowserBinding } from './consumer-service.ts';
import { encryptionFor } from './encryption.ts';
import type { KeptAssertions } from './kept-assertions.ts';
import type { NameId, NameIdSource } from './name-id.ts';
import type { Partner, SignerFor } from './partner.ts';
import { byRequester, byResponder, type Refusal } from './refusals.ts';

/** A message ready to be carried to a partner. */
export interface Answer {
  readonly xml: string;
  readonly acsUrl: string;
  readonly binding: BrowserBinding;
  readonly relayState?: string | undefined;
  /** Set when the answer carries an assertion. */
  readonly issued?: { readonly nameId: string; readonly nameIdFormat: string } | undefined;
  /** Of the audit record: the second-level status, and what the partner is not told. */
  readonly status: string;
}

export interface AnswerOptions {
  readonly entityId: string;
  readonly signerFor: SignerFor;
  readonly clock: Clock;
  readonly random: Random;
  readonly nameIds: NameIdSource;
  readonly authnContexts: AuthnContexts;
  readonly kept: Pick<KeptAssertions, 'keep'>;
  readonly assertionLifetimeMs: number;
  readonly clockSkewMs: number;
}

export interface Answers {
  /** @param sessionIndex absent where no session is kept: nothing could be ended by it */
  assertion(
    request: AcceptedRequest,
    partner: Partner,
    entry: SsoEntry,
    sessionIndex: string | undefined,
  ): Promise<Answer>;
  /** A refusal that the partner is told. */
  refusal(request: AcceptedRequest, partner: Partner, refusal: Refusal): Promise<Answer>;
}

/** IDs are unguessable and begin with a letter or underscore, as xs:ID wants (saml-core §1.3.4: 128 bits or more). */
const idBytes = 20;

export function createAnswers(options: AnswerOptions): Answers {
  const { entityId, clock, random, signerFor } = options;
  const newId = () => `_${Buffer.from(random.bytes(idBytes)).toString('hex')}`;

  async function refusal(
    request: AcceptedRequest,
    partner: Partner,
    { fault, status, detail }: Refusal,
  ): Promise<Answer> {
    const sign = request.binding === 'HTTP-Redirect' ? 'none' : 'response';
    const xml = await issueStatusResponse(
      {
        sign,
        responseId: newId(),
        now: clock.now(),
        issuer: entityId,
        destination: request.acsUrl,
        ...(request.id === undefined ? {} : { inResponseTo: request.id }),
        status: statusCodes[fault],
        subStatus: statusCodes[status],
      },
      signerFor(partner),
    );
    const reason = detail === undefined ? status : `${status}: ${detail}`;
    return { xml, ...wayOf(request), status: reason };
  }

  function nameIdFor(request: AcceptedRequest, partner: Partner, entry: SsoEntry): NameId | undefined {
    const { spNameQualifier } = request;
    const space = spaceOf(request, partner);
    for (const format of formatsFor(request, partner)) {
      const nameId = options.nameIds.nameIdFor(entry, space, format);
      if (nameId === undefined) continue;
      return space === partner.entityId && spNameQualifier === undefined
        ? nameId
        : { ...nameId, spNameQualifier: space };
    }
    return undefined;
  }

  return {
    refusal,
    async assertion(request, partner, entry, sessionIndex) {
      const nameId = nameIdFor(request, partner, entry);
      if (nameId === undefined) return refusal(request, partner, byResponder('InvalidNameIDPolicy'));
      if (!isAbout(request, nameId)) return refusal(request, partner, byResponder('AuthnFailed'));
      const context = options.authnContexts.classFor(request.authnContext, entry);
      if (context === undefined) return refusal(request, partner, byResponder('NoAuthnContext'));
      const released = releasedAttributes(
        partner.release,
        entry,
        options.nameIds.subjectIdsFor(entry, spaceOf(request, partner)),
        request.attributeServiceIndex,
      );
      if (released.status === 'missing') {
        return refusal(request, partner, { ...byResponder('RequestDenied'), detail: `no value of ${released.name}` });
      }
      const now = clock.now();
      // Signing in may have taken longer than the partner wanted to wait.
      if (request.notOnOrAfter !== undefined && request.notOnOrAfter <= now) {
        return refusal(request, partner, byRequester('RequestDenied'));
      }
      if (now >= entry.expiresAt)
        throw new GatehouseError('ERR_LOGIN_EXPIRED', 'the session ended while it was being used');
      const notOnOrAfter = Math.min(
        now + options.assertionLifetimeMs,
        request.notOnOrAfter ?? Number.POSITIVE_INFINITY,
      );
      const oneTimeUse = request.oneTimeUse === true;
      const input: ResponseInput = {
        responseId: newId(),
        assertionId: newId(),
        now,
        issuer: entityId,
        destination: request.acsUrl,
        ...(request.id === undefined ? {} : { inResponseTo: request.id }),
        audience: partner.entityId,
        nameId,
        sessionIndex,
        authnInstant: entry.authenticatedAt,
        sessionNotOnOrAfter: entry.expiresAt,
        authnContextClassRef: context,
        notBefore: now - options.clockSkewMs,
        notOnOrAfter,
        oneTimeUse,
        attributes: released.attributes,
        sign: signedBy(request, partner),
        ...encryptionFor(partner, random),
      };
      const signer = signerFor(partner);
      const assertion = await issueBearer(input, signer);
      if (!oneTimeUse) await options.kept.keep(partner, input.assertionId, assertion.xml, notOnOrAfter);
      const xml = await respondWithBearer(input, assertion, signer);
      return {
        xml,
        ...wayOf(request),
        issued: { nameId: nameId.value, nameIdFormat: nameId.format },
        status: 'Success',
      };
    },
  };
}

function wayOf({ acsUrl, binding = 'HTTP-POST', relayState }: AcceptedRequest) {
  return { acsUrl, binding, relayState };
}

/** In an address the signature of the message stands beside it, never in it (saml-bindings §3.4.4.1). */
function signedBy({ binding }: AcceptedRequest, { settings }: Partner) {
  if (binding !== 'HTTP-Redirect') return settings.sign;
  return settings.sign === 'response' ? 'none' : 'assertion';
}

/** Whose names a person has there: those of the partner alone, or of its affiliation. */
function spaceOf({ spNameQualifier }: AcceptedRequest, { settings, entityId }: Partner): string {
  return spNameQualifier ?? settings.affiliation ?? entityId;
}

/** `unspecified` in a request leaves the choice to us (saml-core §3.4.1.1). */
function formatsFor({ nameIdFormat: asked }: AcceptedRequest, partner: Partner): readonly string[] {
  return asked === undefined || asked === nameIdFormats.unspecified ? partner.nameIdFormats : [asked];
}

/** A request about somebody in particular is not answered with an assertion about somebody else (saml-core §3.4.1.2). */
function isAbout({ subject }: AcceptedRequest, nameId: NameId): boolean {
  if (subject === undefined) return true;
  return subject.value === nameId.value && (subject.format === undefined || subject.format === nameId.format);
}
