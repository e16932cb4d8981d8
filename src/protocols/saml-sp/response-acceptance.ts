/** @module A Response that arrived for one application: judged by the validator, used once, and made into evidence. */
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { VerifiedResponseEvidence } from '../../spi/evidence.ts';
import { claimOf } from '../../wire/saml/response-reader.ts';
import type { DecryptionOptions } from '../../wire/xml/decrypt.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import type { AcceptedResponse } from './accepted-response.ts';
import type { AssertionUse } from './assertion-use.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { refusal } from './refusals.ts';
import type { KnownRequest, RequestIds } from './request-ids.ts';
import { createResponseValidator } from './response-validator.ts';
import type { ServiceProvider } from './service-provider.ts';

export interface ResponseAcceptanceOptions {
  readonly requestIds: RequestIds;
  readonly assertionUse: AssertionUse;
  /** Keys of ours that open what was encrypted for us now. */
  readonly decryption: () => Pick<DecryptionOptions, 'keys'>;
  readonly validateSchema: (xml: string) => Promise<void>;
  readonly clock: Clock;
  readonly clockSkewMs: number;
}

export interface AcceptedSignIn {
  readonly provider: IdentityProvider;
  readonly evidence: VerifiedResponseEvidence;
  /** What the browser remembers the request by; absent where nobody asked. */
  readonly request?: string;
  readonly sessionIndex?: string;
  readonly sessionNotOnOrAfter?: number;
}

/** @throws ERR_SAML_*, ERR_XML_*, with the fact `partner` once it is known who claims to have sent it; ERR_STORE_UNAVAILABLE */
export type ResponseAcceptance = (xml: string, sp: ServiceProvider) => Promise<AcceptedSignIn>;

export function createResponseAcceptance(options: ResponseAcceptanceOptions): ResponseAcceptance {
  const { clock, clockSkewMs } = options;

  async function validated(xml: string, sp: ServiceProvider, provider: IdentityProvider, asked: Asked) {
    const { entityId, settings, signingKeys } = provider;
    const validate = createResponseValidator({
      clock,
      validateSchema: options.validateSchema,
      trustIn(issuer) {
        if (issuer !== entityId)
          throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'another issuer than was claimed');
        return { keys: signingKeys, decryption: { ...options.decryption(), ciphers: settings.decryptionCiphers } };
      },
    });
    return validate(
      { binding: 'HTTP-POST', xml },
      {
        entityId: sp.entityId,
        acsUrl: sp.acsUrl,
        issuer: asked.known?.isTo(entityId) === false ? 'another that was asked' : entityId,
        request: asked.known && asked.id,
        // Where nobody asked, nobody asked for a new proof either.
        allowUnsolicited: settings.idpInitiated && !settings.forceAuthn,
        clockSkewMs,
        maxAuthnAgeMs: settings.maxAuthnAgeMs,
      },
    );
  }

  return async (xml, sp) => {
    const claim = claimOf(parseXml(xml));
    const provider = await sp.providers.find(claim.issuer, clock.now());
    const id = claim.inResponseTo;
    const known = id === undefined ? undefined : options.requestIds.read(id, sp.application);
    return naming(provider, async () => {
      const accepted = await validated(xml, sp, provider, { id, known });
      checkAuthnContext(accepted, provider);
      await options.assertionUse(accepted);
      return {
        provider,
        evidence: evidenceOf(accepted),
        ...(known === undefined ? {} : { request: known.name }),
        ...(accepted.sessionIndex === undefined ? {} : { sessionIndex: accepted.sessionIndex }),
        ...(accepted.sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter: accepted.sessionNotOnOrAfter }),
      };
    });
  };
}

interface Asked {
  readonly id: string | undefined;
  readonly known: KnownRequest | undefined;
}

/** `exact` can be judged by anybody; how other classes compare only the provider knows. */
function checkAuthnContext({ authnContext }: AcceptedResponse, { settings }: IdentityProvider): void {
  const wanted = settings.authnContext;
  if (wanted === undefined || wanted.comparison !== 'exact') return;
  if (authnContext !== undefined && wanted.classes.includes(authnContext)) return;
  throw refusal('authn-context', 'The person signed in in another way than was asked for', {
    authnContext: authnContext?.slice(0, maxShown) ?? 'none',
  });
}

/** Of a URI that somebody sent. */
const maxShown = 200;

function evidenceOf(accepted: AcceptedResponse): VerifiedResponseEvidence {
  const { issuer, nameId, attributes, authnInstant, authnContext, signed, encrypted } = accepted;
  return {
    kind: 'verified-response',
    identityProvider: issuer,
    ...(nameId === undefined ? {} : { nameId }),
    attributes: attributes.map(({ name, values }) => ({ name, values })),
    authnInstant,
    ...(authnContext === undefined ? {} : { authnContext }),
    solicited: accepted.inResponseTo !== undefined,
    signed,
    encrypted,
  };
}

/** The audit record names the provider under which a message came. */
async function naming<T>({ entityId }: IdentityProvider, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    throw new GatehouseError(error.code, error.message, { cause: error, facts: { partner: entityId, ...error.facts } });
  }
}
