/** @module Checks between parts of the file that each are right alone: two things in one place, HTTPS wanted and nowhere to be had. */
import { cacheFindings } from './auth-cache.ts';
import { certificateFindings } from './certificate-consistency.ts';
import { datasourceNameFindings } from './datasources.ts';
import { mechanismFindings } from './mechanism-findings.ts';
import { partnerFindings } from './partner-findings.ts';
import type { Finding, Path } from './problem.ts';
import { samlSpFindings } from './saml-sp-findings.ts';
import type { ConfigurationDocument } from './schema.ts';

/** First segments of the public side that are not for applications. */
const ownSegments: readonly string[] = [
  'login',
  'logout',
  'saml',
  'spnego',
  'forward-auth',
  'sts',
  'token',
  'health',
  'gateway',
  'assets',
  'account',
];

type Entry = readonly [value: string, path: Path];

function repeated(entries: readonly Entry[], message: (other: string) => string): readonly Finding[] {
  const first = new Map<string, Path>();
  return entries.flatMap(([value, path]) => {
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, path);
      return [];
    }
    return [{ path, message: message(String(earlier[1])) }];
  });
}

function applicationFindings(document: ConfigurationDocument): readonly Finding[] {
  const places = Object.entries(document.applications).map(([name, application]): Entry => {
    const written = application['context-path'];
    const path = ['applications', name, ...(written === undefined ? [] : ['context-path'])];
    return [written ?? `/${name}`, path];
  });
  const reserved = places.flatMap(([contextPath, path]) => {
    const segment = contextPath.split('/')[1] ?? '';
    return ownSegments.includes(segment)
      ? [{ path, message: `the path /${segment} belongs to Gatehouse itself; set another context-path` }]
      : [];
  });
  return [...reserved, ...repeated(places, (other) => `has the context path of the application "${other}"`)];
}

/** A constraint without roles that does not ask for HTTPS either asks for nothing: roles were meant, and forgotten. */
function idleConstraintFindings(document: ConfigurationDocument): readonly Finding[] {
  return Object.entries(document.applications).flatMap(([name, { constraints }]) =>
    constraints.flatMap(({ roles, transport }, index) =>
      roles === undefined && transport !== 'confidential'
        ? [
            {
              path: ['applications', name, 'constraints', index],
              message: 'constrains nothing: add roles (`[]` is nobody, `["**"]` is everybody who is signed in)',
            },
          ]
        : [],
    ),
  );
}

function transportFindings(document: ConfigurationDocument): readonly Finding[] {
  if (document.tls !== undefined || document['public-url']?.startsWith('https:') === true) {
    return [];
  }
  return Object.entries(document.applications).flatMap(([name, { constraints }]) =>
    constraints.flatMap(({ transport }, index) =>
      transport === 'confidential'
        ? [
            {
              path: ['applications', name, 'constraints', index, 'transport'],
              message: 'nothing answers over HTTPS: set tls, or a public-url that begins with https://',
            },
          ]
        : [],
    ),
  );
}

function portFindings({
  ports,
  bind,
  tls,
  'management-tls': managementTls,
}: ConfigurationDocument): readonly Finding[] {
  const listeners: readonly (readonly [keyof typeof ports, string, boolean])[] = [
    ['http', bind.public, true],
    ['https', bind.public, tls !== undefined],
    ['management-http', bind.management, true],
    ['management-https', bind.management, tls !== undefined || managementTls !== undefined],
  ];
  const wanted = listeners
    .filter(([key, , open]) => open && ports[key] !== 0)
    .map(([key, address]): Entry => [`${address} ${ports[key]}`, ['ports', key]]);
  return repeated(wanted, (other) => `is the port of "${other}" on the same address`);
}

function moduleNameFindings(document: ConfigurationDocument): readonly Finding[] {
  return Object.entries(document['security-domains']).flatMap(([name, domain]) => {
    const path = ['security-domains', name];
    const stacks = Object.entries(domain['authentication-jaspi']?.['login-module-stacks'] ?? {});
    return [
      ...repeatedNames(domain.authentication ?? [], [...path, 'authentication']),
      ...stacks.flatMap(([stack, modules]) =>
        repeatedNames(modules, [...path, 'authentication-jaspi', 'login-module-stacks', stack]),
      ),
    ];
  });
}

function repeatedNames(modules: readonly { readonly name?: string | undefined }[], path: Path): readonly Finding[] {
  const seen = new Set<string>();
  return modules.flatMap(({ name }, index) => {
    if (name === undefined || !seen.has(name)) {
      seen.add(name ?? '');
      return [];
    }
    return [{ path: [...path, index, 'name'], message: `the name "${name}" is given twice in this domain` }];
  });
}

export function consistencyFindings(document: ConfigurationDocument): readonly Finding[] {
  return [
    ...applicationFindings(document),
    ...idleConstraintFindings(document),
    ...transportFindings(document),
    ...portFindings(document),
    ...moduleNameFindings(document),
    ...partnerFindings(document),
    ...samlSpFindings(document),
    ...mechanismFindings(document),
    ...cacheFindings(document['security-domains']),
    ...certificateFindings(document),
    ...datasourceNameFindings(document.datasources),
  ];
}
