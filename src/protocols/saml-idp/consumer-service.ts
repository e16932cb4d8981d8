/** @module Where an answer goes: only ever to an assertion consumer service of the partner's metadata (saml-profiles §4.1.4.1, §4.2.4.4). */
import { GatehouseError } from '../../spi/errors.ts';
import { bindingNameOf } from '../../wire/saml/constants.ts';
import type { AssertionConsumerService, SpMetadata } from '../../wire/saml/sp-metadata.ts';

/** Bindings by which a browser can carry an answer. */
export const browserBindings = ['HTTP-POST', 'HTTP-Artifact', 'HTTP-Redirect'] as const;
export type BrowserBinding = (typeof browserBindings)[number];

export interface BrowserService extends AssertionConsumerService {
  readonly binding: BrowserBinding;
}

export interface ConsumerServices {
  readonly browser: readonly BrowserService[];
  /** For clients that carry the answer themselves (saml-profiles §4.2). */
  readonly paos: readonly AssertionConsumerService[];
}

/** The services that we can answer. An artifact is resolved by whoever can sign for it: without a key of the partner's, by nobody. */
export function consumerServicesOf(
  metadata: SpMetadata,
  settings: { readonly redirectResponses?: boolean | undefined },
): ConsumerServices {
  const usable: readonly BrowserBinding[] = [
    'HTTP-POST',
    ...(metadata.signingKeys.length === 0 ? [] : (['HTTP-Artifact'] as const)),
    ...(settings.redirectResponses === true ? (['HTTP-Redirect'] as const) : []),
  ];
  const all = metadata.assertionConsumerServices;
  return {
    browser: all.flatMap((service) => {
      const binding = usable.find((one) => one === service.binding);
      return binding === undefined ? [] : [{ ...service, binding }];
    }),
    paos: all.filter(({ binding }) => binding === 'PAOS'),
  };
}

export interface WantedService {
  readonly acsUrl?: string | undefined;
  readonly acsIndex?: number | undefined;
  /** URI. */
  readonly protocolBinding?: string | undefined;
}

/**
 * A request names it by index, by address, by binding, or not at all: then the default counts, which is the first marked so, else
 * the first not marked otherwise, else the first (saml-metadata §2.2.3).
 * @throws ERR_SAML_ACS_NOT_REGISTERED for an index or address that is not there; ERR_SAML_UNSUPPORTED for a binding that is not
 */
export function consumerServiceOf<T extends AssertionConsumerService>(
  { entityId }: { readonly entityId: string },
  services: readonly T[],
  { acsUrl, acsIndex, protocolBinding }: WantedService,
): T {
  const facts = { partner: entityId };
  const named = services.filter(
    (service) =>
      (acsUrl === undefined || service.location === acsUrl) && (acsIndex === undefined || service.index === acsIndex),
  );
  if (named.length === 0) {
    throw new GatehouseError(
      'ERR_SAML_ACS_NOT_REGISTERED',
      'the request names an assertion consumer service that the metadata does not',
      { facts },
    );
  }
  const binding = protocolBinding === undefined ? undefined : bindingNameOf(protocolBinding);
  const found = defaultOf(
    protocolBinding === undefined ? named : named.filter((service) => service.binding === binding),
    acsUrl !== undefined,
  );
  if (found !== undefined) return found;
  throw new GatehouseError(
    'ERR_SAML_UNSUPPORTED',
    'the request wants an answer by a binding that cannot be used there',
    {
      facts: { ...facts, offered: [...new Set(services.map((service) => service.binding))].join(', ') },
    },
  );
}

/** Where one address has several bindings, HTTP-POST is what everybody can. */
function defaultOf<T extends AssertionConsumerService>(services: readonly T[], oneAddress: boolean): T | undefined {
  if (oneAddress) return services.find(({ binding }) => binding === 'HTTP-POST') ?? services[0];
  return (
    services.find(({ isDefault }) => isDefault === true) ??
    services.find(({ isDefault }) => isDefault === undefined) ??
    services[0]
  );
}
