/** @module PicketLink (jboss-facts §11.1): the federation subsystem and picketlink.xml; identity providers are kept, service providers become partners. */
import { escapeAttribute } from '../wire/xml/escape.ts';
import { type ImportContext, safeName } from './context.ts';
import { escapeReferences } from './expressions.ts';
import { createLedger, type LedgerEntry, type Task } from './ledger.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  nodesNamed,
  readSource,
  type SourceAttribute,
  type SourceElement,
} from './source.ts';

export interface SamlEntry {
  readonly comments: readonly string[];
  /** The value of `saml-idp`. */
  readonly idp?: Readonly<Record<string, unknown>>;
  /** Lines about what is not kept. */
  readonly rest: readonly string[];
}

const none: SamlEntry = { comments: [], rest: [] };
/** Gatehouse's own bounds of `assertion-lifetime-seconds`. */
const lifetime = { least: 10, most: 3600 };

/** The subsystem `picketlink-federation`. `domains`: those that were kept. */
export function importFederation(
  subsystem: SourceElement | undefined,
  domains: ReadonlySet<string>,
  context: ImportContext,
): SamlEntry {
  if (subsystem === undefined) return none;
  const { ledger } = context;
  ledger.note(subsystem, 'kept');
  const federations = childrenOf(subsystem, 'federation');
  const providers = nodesNamed(subsystem, 'identity-provider');
  const [provider, ...others] = providers;
  for (const other of others) ledger.noteTree(other, 'refused', 'there is one identity provider in a server', true);
  const partners = nodesNamed(subsystem, 'service-provider').flatMap((one) => partnerOf(one, context));
  const entry =
    provider === undefined
      ? none
      : providerOf(
          provider,
          attributeOf(provider, 'url'),
          attributeOf(provider, 'security-domain')?.value,
          partners,
          domains,
          context,
        );
  for (const federation of federations) {
    const saml = childOf(federation, 'saml');
    ledger.noteTree(
      saml,
      'approximated',
      'assertions live 300 s and clocks may be 60 s off, where nothing else is set',
    );
    ledger.noteTree(childOf(federation, 'key-store'), 'refused', 'a new key pair signs: data/keys/idp.key and idp.crt');
    ledger.noteTree(federation, 'kept');
  }
  return entry;
}

/** A file of its own, with a ledger of its own; nothing where none was given. */
export function importPicketlinkFile(
  domains: ReadonlySet<string>,
  outer: ImportContext,
): { readonly saml: SamlEntry; readonly entries: readonly LedgerEntry[]; readonly tasks: readonly Task[] } {
  const { picketlink } = outer.options;
  if (picketlink === undefined) return { saml: none, entries: [], tasks: [] };
  const root = readSource(picketlink.text, picketlink.file);
  const ledger = createLedger(picketlink.file);
  const context: ImportContext = {
    ...outer,
    ledger,
    at: (node) => `${picketlink.file}:${node.line}`,
    // Its defaults stand behind two colons.
    expand: (node) => outer.expand(withText(node, (text) => text.replace(/\$\{(?!VAULT::)([^{}:]+)::/g, '${$1:'))),
  };
  ledger.note(root, 'kept');
  ledger.note(attributeOf(root, 'EnableAudit'), 'approximated', 'every decision is in the audit log');
  const idp = childOf(root, 'PicketLinkIDP');
  const sp = childOf(root, 'PicketLinkSP');
  ledger.noteTree(childOf(root, 'PicketLinkSTS'), 'refused', 'the token service is not in this version');
  reportHandlers(childOf(root, 'Handlers'), context);
  ledger.noteTree(sp, 'refused', 'service providers are not in this version', true);
  const rest = sp === undefined ? [] : [`${context.at(sp)}: the service provider is not in this version.`];
  // The application names its domain in jboss-web.xml; the shipped ones are called idp.
  const domain = ['idp', 'idp-domain'].find((name) => domains.has(name));
  const saml =
    idp === undefined ? { ...none, rest } : providerOf(idp, childOf(idp, 'IdentityURL'), domain, [], domains, context);
  return { saml, ...ledger.close(root) };
}

interface Partner {
  readonly metadata: string;
  readonly name: string;
}

function providerOf(
  provider: SourceElement,
  url: SourceElement | SourceAttribute | undefined,
  securityDomain: string | undefined,
  partners: readonly Partner[],
  domains: ReadonlySet<string>,
  context: ImportContext,
): SamlEntry {
  const { ledger } = context;
  const domain = securityDomain === undefined ? undefined : safeName(securityDomain);
  if (domain === undefined || !domains.has(domain)) {
    ledger.noteTree(provider, 'refused', 'the security domain that decides its logins is not known', true);
    ledger.task('set saml-idp with the security domain that decides its logins', provider);
    return {
      ...none,
      rest: [`${context.at(provider)}: the identity provider is not kept: its security domain is not known.`],
    };
  }
  const entityId = url === undefined ? undefined : context.expand(url).plain;
  ledger.note(
    provider,
    'stricter',
    'answers go to registered addresses only, ids count once, SHA-1 is refused, roles are one attribute',
  );
  if (url !== undefined)
    ledger.note(url, 'approximated', 'it stays the name of the identity provider; its address is /saml/idp/sso now');
  const validity = attributeOf(provider, 'AssertionValidity') ?? attributeOf(provider, 'assertion-validity');
  const milliseconds = validity === undefined ? Number.NaN : Number(context.expand(validity).plain);
  const wanted = Math.round(milliseconds / 1000);
  const isKept = wanted >= lifetime.least && wanted <= lifetime.most;
  ledger.note(validity, isKept ? 'kept' : 'approximated', isKept ? '' : 'assertions live 300 s');
  ledger.note(attributeOf(provider, 'security-domain'), 'kept');
  ledger.note(attributeOf(provider, 'name'), 'kept');
  for (const trust of ['Trust', 'trust']) {
    ledger.noteTree(
      childOf(provider, trust),
      'stricter',
      'a partner is who has given its metadata, not whose host has a name like it',
    );
  }
  reportHandlers(childOf(provider, 'handlers'), context);
  ledger.noteTree(provider, 'approximated', 'decided for each partner by its metadata');
  ledger.task('give every service provider the new metadata: <public-url>/saml/idp/metadata', provider);
  if (partners.length === 0)
    ledger.task('bring the metadata of every service provider and name it under saml-idp.partners', provider);
  return {
    comments: [context.at(provider)],
    idp: {
      ...(entityId === undefined || /\s/.test(entityId) || entityId === ''
        ? {}
        : { 'entity-id': escapeReferences(entityId) }),
      'security-domain': domain,
      mechanisms: ['FORM'],
      ...(isKept ? { 'assertion-lifetime-seconds': wanted } : {}),
      partners,
    },
    rest: [],
  };
}

/** PicketLink has no metadata of a service provider: its URL is its name and where answers go (jboss-facts §11.1). */
function partnerOf(provider: SourceElement, context: ImportContext): readonly Partner[] {
  const { ledger } = context;
  const name = attributeOf(provider, 'name');
  const url = attributeOf(provider, 'url');
  const location = url === undefined ? undefined : context.expand(url).plain;
  if (
    name === undefined ||
    location === undefined ||
    !/^https?:\/\/[^\s]+$/.test(location) ||
    !URL.canParse(location)
  ) {
    ledger.noteTree(provider, 'refused', 'it has no URL that is known', true);
    return [];
  }
  const metadata = context.add(`partner-${name.value}.xml`, metadataOf(location));
  ledger.note(provider, 'kept');
  ledger.note(name, 'kept');
  ledger.note(url, 'approximated', `its metadata is made of it: ${metadata}`);
  ledger.note(
    attributeOf(provider, 'post-binding'),
    'approximated',
    'answers are posted; a request is taken by either binding',
  );
  reportHandlers(childOf(provider, 'handlers'), context);
  ledger.noteTree(provider, 'outside', 'it stays a setting of the service provider');
  return [{ metadata, name: escapeReferences(name.value.replace(/\p{Cc}/gu, '?').slice(0, 100)) }];
}

function metadataOf(location: string): string {
  const url = escapeAttribute(location);
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${url}">
  <md:SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${url}" index="0"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`;
}

function reportHandlers(handlers: SourceElement | undefined, { ledger }: ImportContext): void {
  ledger.noteTree(
    handlers,
    'approximated',
    'what the handlers did is built in: issuer, signature, roles and InResponseTo are always checked',
  );
}

function withText<N extends SourceAttribute | SourceElement>(node: N, change: (text: string) => string): N {
  return 'value' in node ? { ...node, value: change(node.value) } : { ...node, text: change(node.text) };
}
