/** @module The importer: the text of a standalone.xml or domain.xml in, the files of a home folder and a report out. */
import { GatehouseError } from '../spi/errors.ts';
import { createContext, type ImportOptions, type OutputFile } from './context.ts';
import { hasDatasource, importDatasources } from './datasources.ts';
import { createLedger, type Ledger, type LedgerEntry, type Task } from './ledger.ts';
import { reportManagement, reportSecurityRest, reportVault } from './management.ts';
import { buildYaml } from './output.ts';
import { importFederation, importPicketlinkFile } from './picketlink.ts';
import { importRealms } from './realms.ts';
import { importDomains } from './security-domains.ts';
import { attributeOf, childOf, childrenOf, readSource, type SourceElement } from './source.ts';
import { importTruststores } from './truststores.ts';
import { importWeb } from './web.ts';

export interface ImportResult {
  /** `configuration/gatehouse.yaml` comes last. */
  readonly files: readonly OutputFile[];
  readonly entries: readonly LedgerEntry[];
  readonly tasks: readonly Task[];
  /** There is an identity provider, whose key pair (`data/keys/idp.*`) has to be made. */
  readonly needsSigningKey: boolean;
}

/**
 * The same input gives the same output. Reads through `options.files` only.
 * @throws ERR_XML_* with `line` and `column`; ERR_CONFIG_INVALID for what is no configuration of a JBoss server, and where a
 *   domain.xml has more than one profile and none was chosen
 */
export function importJboss(options: ImportOptions): ImportResult {
  const root = readSource(options.text, options.file);
  const ledger = createLedger(options.file);
  const profile = profileOf(root, options, ledger);
  const context = createContext(options, ledger, readProperties(root, options, ledger));
  const subsystem = (kind: string) =>
    profile.children.find(
      (child) => child.name === 'subsystem' && child.namespace.startsWith(`urn:jboss:domain:${kind}:`),
    );
  const management = childOf(root, 'management');
  const security = subsystem('security');

  const vault = [childOf(root, 'vault'), childOf(security, 'vault')].flatMap((one) => reportVault(one, context));
  const realms = importRealms(management, context);
  const datasources = importDatasources(subsystem('datasources'), security, context);
  const truststores = importTruststores(security, context);
  const domains = importDomains(
    security,
    {
      realms: new Set(realms.realms.map(({ name }) => name)),
      datasource: (jndiName) => hasDatasource(datasources, jndiName),
      truststore: truststores.find,
    },
    context,
  );
  const web = importWeb(subsystem('undertow'), context);
  const rest = [...vault, ...reportManagement(management, context)];
  reportSecurityRest(security, context);
  // The sign-in page of the identity provider leads to one stack.
  const names = new Set(domains.filter(({ jaspi }) => jaspi === undefined).map(({ name }) => name));
  const file = importPicketlinkFile(names, context);
  const federation = importFederation(subsystem('picketlink-federation'), names, context);
  const saml =
    file.saml.idp === undefined ? federation : { ...file.saml, rest: [...federation.rest, ...file.saml.rest] };
  noteOthers(root, profile, ledger);
  const yaml = buildYaml({
    file: options.file,
    realms,
    datasources,
    truststores: truststores.used(),
    domains,
    web,
    saml,
    rest,
  });
  const { entries, tasks } = ledger.close(root);
  return {
    files: [...context.outputs, { path: 'configuration/gatehouse.yaml', contents: yaml }],
    entries: [...entries, ...file.entries],
    tasks: [...tasks, ...file.tasks],
    needsSigningKey: saml.idp !== undefined,
  };
}

/** The element that holds the subsystems. */
function profileOf(root: SourceElement, options: ImportOptions, ledger: Ledger): SourceElement {
  const invalid = (message: string) => {
    const facts = { file: options.file, line: root.line, column: root.column };
    return new GatehouseError('ERR_CONFIG_INVALID', message, { facts });
  };
  const isJboss = root.namespace.startsWith('urn:jboss:domain:');
  if (!isJboss || (root.name !== 'server' && root.name !== 'domain')) {
    throw invalid('this is no standalone.xml and no domain.xml of JBoss: its root is not server or domain');
  }
  ledger.note(root, 'kept');
  for (const attribute of root.attributes) ledger.note(attribute, 'outside', 'not about security');
  const profiles =
    root.name === 'server' ? childrenOf(root, 'profile') : childrenOf(childOf(root, 'profiles'), 'profile');
  const nameOf = (profile: SourceElement) => attributeOf(profile, 'name')?.value ?? '';
  const wanted = options.profile === undefined ? profiles : profiles.filter((one) => nameOf(one) === options.profile);
  const [chosen, second] = wanted;
  const names = profiles.map(nameOf).join(', ');
  if (chosen === undefined) throw invalid(`there is no such profile; it has ${names}`);
  if (second !== undefined) throw invalid(`it has the profiles ${names}: choose one with --profile`);
  ledger.note(childOf(root, 'profiles'), 'kept');
  ledger.note(chosen, 'kept');
  ledger.note(attributeOf(chosen, 'name'), 'kept');
  for (const other of profiles) {
    if (other !== chosen) ledger.noteTree(other, 'outside', 'another profile was chosen');
  }
  if (root.name === 'domain') {
    ledger.task('the realms of a managed domain are in host.xml: their files of users are not copied from there', root);
  }
  return chosen;
}

function readProperties(root: SourceElement, options: ImportOptions, ledger: Ledger): ReadonlyMap<string, string> {
  const container = childOf(root, 'system-properties');
  ledger.note(container, 'kept');
  const own = new Map<string, string>();
  for (const property of childrenOf(container, 'property')) {
    ledger.noteTree(property, 'kept', '');
    own.set(attributeOf(property, 'name')?.value ?? '', attributeOf(property, 'value')?.value ?? '');
  }
  return new Map([...own, ...options.properties]);
}

/** What is no part of security is said to be none; what names a domain or a realm is pointed at. */
function noteOthers(root: SourceElement, profile: SourceElement, ledger: Ledger): void {
  for (const child of root.children) {
    if (['management', 'profile', 'profiles', 'vault', 'system-properties'].includes(child.name)) continue;
    ledger.noteTree(child, 'outside', 'not about security');
  }
  for (const child of profile.children) {
    const isElytron = child.namespace.startsWith('urn:wildfly:elytron:');
    if (ledger.has(child)) continue;
    if (isElytron) ledger.noteTree(child, 'refused', 'Elytron is not imported', true);
    else ledger.noteTree(child, 'outside', 'not about security');
  }
}
