/** @module The text of `gatehouse.yaml`: what was imported, each part with a comment that says where it came from. */
import { Document, isScalar, type Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { ImportedDatasources } from './datasources.ts';
import type { JaspiEntry } from './jaspi.ts';
import type { ModuleEntry } from './login-modules.ts';
import type { SamlEntry } from './picketlink.ts';
import type { PlugInEntry } from './plug-ins.ts';
import type { ImportedRealms } from './realms.ts';
import type { DomainEntry } from './security-domains.ts';
import type { TruststoreEntry } from './truststores.ts';
import type { WebEntry } from './web.ts';

export interface YamlParts {
  readonly file: string;
  readonly realms: ImportedRealms;
  readonly datasources: ImportedDatasources;
  readonly truststores: readonly TruststoreEntry[];
  readonly domains: readonly DomainEntry[];
  readonly saml: SamlEntry;
  readonly web: WebEntry;
  readonly rest: readonly string[];
}

/** A comment must stay one: whatever a name of the input holds, it does not end the line. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => ` ${line.replace(/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/gu, '?').slice(0, 500)}`).join('\n');
}

export function buildYaml(parts: YamlParts): string {
  const document = new Document(new YAMLMap());
  const root = new YAMLMap();
  document.contents = root;
  const plain = (value: unknown) => document.createNode(value);
  const put = (map: YAMLMap, key: string, value: unknown, lines: readonly string[] = [], space = false): void => {
    const pair: Pair = document.createPair(key, value);
    if (isScalar(pair.key)) {
      if (lines.length > 0) pair.key.commentBefore = comment(lines);
      pair.key.spaceBefore = space && map.items.length > 0;
    }
    map.add(pair);
  };

  const flow = (value: Readonly<Record<string, unknown>>) => {
    const node = plain(value);
    if (node instanceof YAMLMap) node.flow = true;
    return node;
  };

  if (parts.web.cookieName !== undefined) {
    put(root, 'sessions', { 'cookie-name': parts.web.cookieName }, parts.web.comments, true);
  }
  const truststores = new YAMLMap();
  for (const { name, comments, certificates, entries } of parts.truststores) {
    put(truststores, name, { certificates, entries }, comments);
  }
  if (truststores.items.length > 0) put(root, 'truststores', truststores, [], true);
  const datasources = new YAMLMap();
  for (const { name, comments, settings } of parts.datasources.datasources) put(datasources, name, settings, comments);
  if (datasources.items.length > 0) put(root, 'datasources', datasources, parts.datasources.comments, true);
  const realms = new YAMLMap();
  for (const realm of parts.realms.realms) {
    const { path, plainText } = realm.users;
    const authentication = plain([{ properties: { path, ...(plainText ? { 'plain-text': true } : {}) } }]);
    put(
      realms,
      realm.name,
      {
        authentication,
        authorization: {
          ...(realm.groups === undefined ? {} : { properties: { path: realm.groups } }),
          'map-groups-to-roles': realm.mapGroupsToRoles,
        },
      },
      realm.comments,
    );
  }
  if (realms.items.length > 0) put(root, 'security-realms', realms, parts.realms.comments, true);
  const domains = new YAMLMap();
  for (const domain of parts.domains) {
    const stack = new YAMLSeq();
    for (const module of domain.authentication) stack.add(moduleNode(module, plain));
    const list = (entries: readonly PlugInEntry[]) => {
      const nodes = new YAMLSeq();
      for (const entry of entries) nodes.add(moduleNode(entry, plain));
      return nodes;
    };
    const entry = {
      ...(domain.isCached ? { 'cache-type': 'default' } : {}),
      ...(domain.jaspi === undefined
        ? { authentication: stack }
        : { 'authentication-jaspi': jaspiNode(domain.jaspi, plain) }),
      ...(domain.mapping.length === 0 ? {} : { mapping: list(domain.mapping) }),
      ...(domain.authorization.length === 0 ? {} : { authorization: list(domain.authorization) }),
    };
    put(domains, domain.name, entry, domain.comments);
  }
  put(root, 'security-domains', domains, [], true);
  if (parts.saml.idp !== undefined) put(root, 'saml-idp', parts.saml.idp, parts.saml.comments, true);
  put(root, 'audit', plain([flow({ code: 'File', options: { path: 'audit.jsonl' } })]), [], true);
  document.commentBefore = comment([
    `Imported from ${parts.file}. "gatehouse serve --check" says whether it is right.`,
    'Numbers after a colon are lines of that file. Every setting is explained in docs/configuration.md.',
  ]);
  const lost = [
    ...(datasources.items.length > 0 ? [] : parts.datasources.comments),
    ...(realms.items.length > 0 ? [] : parts.realms.comments),
  ];
  document.comment = comment([
    'Web applications that Gatehouse stands in front of are not in the file of JBoss: write them here.',
    ...parts.web.applications,
    'applications:',
    '  sampleApp1:',
    `    security-domain: ${parts.domains[0]?.name ?? 'other'}`,
    '    mechanisms: [ BASIC ]',
    '    upstream: http://127.0.0.1:9001',
    '    constraints: [ { path: /secure/*, roles: [ sample ] } ]',
    ...(lost.length + parts.rest.length + parts.saml.rest.length === 0
      ? []
      : ['', ...lost, ...parts.rest, ...parts.saml.rest]),
  ]);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function moduleNode(module: ModuleEntry | PlugInEntry, plain: (value: unknown) => unknown): unknown {
  const { code, flag, options, comments } = module;
  const name = 'name' in module ? module.name : undefined;
  const type = 'type' in module ? module.type : undefined;
  const node = plain({
    ...(type === undefined ? {} : { type }),
    code,
    ...(flag === undefined ? {} : { flag }),
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(options).length === 0 ? {} : { 'module-options': options }),
  });
  if (node instanceof YAMLMap && comments.length > 0) node.commentBefore = comment(comments);
  return node;
}

function jaspiNode({ stacks, authModules }: JaspiEntry, plain: (value: unknown) => unknown): unknown {
  const lists = Object.fromEntries(
    stacks.map(({ name, modules }) => {
      const list = new YAMLSeq();
      for (const module of modules) list.add(moduleNode(module, plain));
      return [name, list];
    }),
  );
  const mechanisms = new YAMLSeq();
  for (const { code, flag, stack, comments } of authModules) {
    const node = plain({ code, flag, 'login-module-stack-ref': stack });
    if (node instanceof YAMLMap) node.commentBefore = comment(comments);
    mechanisms.add(node);
  }
  return { 'login-module-stacks': lists, 'auth-modules': mechanisms };
}
