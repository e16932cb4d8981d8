/** @module Attributes and endpoints of metadata (saml-metadata §2.2). */
import { GatehouseError } from '../../spi/errors.ts';
import { attribute, children, type XmlElement } from '../xml/element.ts';
import { type BindingName, bindingNameOf, samlNamespaces } from './constants.ts';
import type { AssertionConsumerService, RespondingEndpoint } from './sp-metadata.ts';
import { parseBoolean, parseInstant, parseUnsignedShort } from './values.ts';

const { md } = samlNamespaces;

/** Enough for a provider with a host name for each customer; an assertion names one of them. */
const maxEndpoints = 1024;
const maxLocationLength = 2048;

export function metadataFault(message: string, entityId?: string): GatehouseError {
  return new GatehouseError('ERR_SAML_METADATA', message, { facts: entityId === undefined ? {} : { entityId } });
}

/** saml-core §8.3.6. */
const maxEntityIdLength = 1024;

/** @throws ERR_SAML_METADATA */
export function entityIdOf(entity: XmlElement): string {
  const entityId = attribute(entity, 'entityID')?.trim() ?? '';
  if (entityId === '' || entityId.length > maxEntityIdLength) {
    throw metadataFault('An entity has no entityID or one that is too long');
  }
  return entityId;
}

/** Of two limits the one that comes first; `undefined` is none. */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** `undefined` when absent; one that cannot be read is a fault, because it would count as never. */
export function instantAttribute(element: XmlElement, name: string): number | undefined {
  return parsed(attribute(element, name), parseInstant, 'An instant is not an xs:dateTime with a zone');
}

export function booleanAttribute(element: XmlElement, name: string): boolean | undefined {
  return parsed(attribute(element, name), parseBoolean, 'A flag is neither true nor false');
}

/** Endpoints that are asked for by index; those of bindings that are not of SAML 2.0 are left out, here and below. */
export function indexedEndpointsOf(role: XmlElement, name: string): readonly AssertionConsumerService[] {
  return endpointElementsOf(role, name).map(([element, binding]) => {
    const isDefault = booleanAttribute(element, 'isDefault');
    const index = parsed(attribute(element, 'index'), parseUnsignedShort, 'An index is not a small number');
    if (index === undefined) throw metadataFault('An endpoint has no index');
    return {
      binding,
      location: locationOf(attribute(element, 'Location')),
      index,
      ...(isDefault === undefined ? {} : { isDefault }),
    };
  });
}

export function endpointsOf(role: XmlElement, name: string): readonly RespondingEndpoint[] {
  return endpointElementsOf(role, name).map(([element, binding]) => {
    const responseLocation = attribute(element, 'ResponseLocation');
    return {
      binding,
      location: locationOf(attribute(element, 'Location')),
      ...(responseLocation === undefined ? {} : { responseLocation: locationOf(responseLocation) }),
    };
  });
}

function endpointElementsOf(role: XmlElement, name: string): readonly (readonly [XmlElement, BindingName])[] {
  const elements = children(role, md, name);
  if (elements.length > maxEndpoints) throw metadataFault('A role has too many endpoints');
  return elements.flatMap((element) => {
    const binding = bindingNameOf(attribute(element, 'Binding')?.trim() ?? '');
    return binding === undefined ? [] : [[element, binding] as const];
  });
}

/** Only URLs that a browser fetches: never `javascript:` or `data:`, which a form would run. */
function locationOf(value: string | undefined): string {
  const location = value?.trim() ?? '';
  if (location.length > maxLocationLength || !/^https?:\/\/[!-~]+$/i.test(location) || !URL.canParse(location)) {
    throw metadataFault('The location of an endpoint is not an http or https URL');
  }
  return location;
}

function parsed<T>(value: string | undefined, parse: (text: string) => T | undefined, message: string): T | undefined {
  if (value === undefined) return undefined;
  const result = parse(value);
  if (result === undefined) throw metadataFault(message);
  return result;
}
