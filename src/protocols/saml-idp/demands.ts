/** @module What a trusted AuthnRequest demands of its answer, and the demands that no answer can meet, whoever signs in. */
import type { AuthnRequest } from '../../wire/saml/authn-request.ts';
import { nameIdFormats } from '../../wire/saml/constants.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import { serviceOf } from './attribute-release.ts';
import type { Partner } from './partner.ts';
import { byRequester, byResponder, type Refusal } from './refusals.ts';

export type Demands = Pick<
  AcceptedRequest,
  | 'forceAuthn'
  | 'isPassive'
  | 'nameIdFormat'
  | 'spNameQualifier'
  | 'subject'
  | 'authnContext'
  | 'notOnOrAfter'
  | 'oneTimeUse'
  | 'attributeServiceIndex'
  | 'refusal'
>;

/** `entityId` is ours; `now` in milliseconds since the epoch. */
export function demandsOf(request: AuthnRequest, partner: Partner, entityId: string, now: number): Demands {
  const { nameIdPolicy, conditions, subjectNameId } = request;
  return {
    forceAuthn: request.forceAuthn,
    isPassive: request.isPassive,
    nameIdFormat: nameIdPolicy?.format,
    spNameQualifier: nameIdPolicy?.spNameQualifier,
    subject: subjectNameId,
    authnContext: request.requestedAuthnContext,
    notOnOrAfter: conditions?.notOnOrAfter,
    oneTimeUse: conditions?.oneTimeUse === true ? true : undefined,
    attributeServiceIndex: partner.release.services.length === 0 ? undefined : request.attributeServiceIndex,
    refusal: refusalOf(request, partner, entityId, now),
  };
}

const knownFormats: readonly string[] = Object.values(nameIdFormats);

function refusalOf(request: AuthnRequest, partner: Partner, entityId: string, now: number): Refusal | undefined {
  const { nameIdPolicy, conditions, providers } = request;
  // Of saml-core §3.2.2.2 the nearest: the request names who may answer, and that is not us.
  if (providers !== undefined && !providers.includes(entityId)) return byResponder('NoSupportedIDP');
  if (request.hasEncryptedSubject === true) return byResponder('RequestUnsupported');
  if (request.requestedAuthnContext?.classRefs.length === 0) return byResponder('NoAuthnContext');
  if (nameIdPolicy?.format !== undefined && !knownFormats.includes(nameIdPolicy.format)) {
    return byRequester('InvalidNameIDPolicy');
  }
  const qualifier = nameIdPolicy?.spNameQualifier;
  if (qualifier !== undefined && qualifier !== partner.entityId && qualifier !== partner.settings.affiliation) {
    return byRequester('InvalidNameIDPolicy');
  }
  const { services } = partner.release;
  if (services.length > 0 && serviceOf(services, request.attributeServiceIndex) === undefined) {
    return byRequester('RequestUnsupported');
  }
  if (conditions?.notOnOrAfter !== undefined && conditions.notOnOrAfter <= now) return byRequester('RequestDenied');
  return undefined;
}
