/** @module The name by which people know a partner: the best that its metadata has. */
import { attribute, child, children, textOf, type XmlElement } from '../xml/element.ts';
import { xmlNamespace } from '../xml/names.ts';
import { samlNamespaces } from './constants.ts';

const { md, mdui } = samlNamespaces;

/** It stands on a button. */
const maxNameLength = 100;

/**
 * `mdui:DisplayName` (SAML V2.0 Metadata Extensions for Login and Discovery User Interface §2.1.2), else a service name, else the
 * organization's; English where there is a choice.
 */
export function displayNameOf(entity: XmlElement, role: XmlElement): string | undefined {
  const organization = child(role, md, 'Organization') ?? child(entity, md, 'Organization');
  const candidates = [
    [within(within(role, md, 'Extensions'), mdui, 'UIInfo'), mdui, 'DisplayName'],
    [child(role, md, 'AttributeConsumingService'), md, 'ServiceName'],
    [organization, md, 'OrganizationDisplayName'],
    [organization, md, 'OrganizationName'],
  ] as const;
  for (const [parent, namespace, localName] of candidates) {
    const names = parent === undefined ? [] : children(parent, namespace, localName);
    const chosen = names.find((name) => attribute(name, 'lang', xmlNamespace)?.startsWith('en')) ?? names[0];
    const text = chosen === undefined ? '' : (textOf(chosen)?.replace(/\s+/g, ' ').trim() ?? '');
    if (text !== '') return [...text].slice(0, maxNameLength).join('');
  }
  return undefined;
}

function within(parent: XmlElement | undefined, namespace: string, localName: string): XmlElement | undefined {
  return parent === undefined ? undefined : child(parent, namespace, localName);
}
