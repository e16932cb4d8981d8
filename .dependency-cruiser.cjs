/**
 * @module The floors of the house (`docs/architecture.md`) as rules: who may import whom, type imports included.
 * `test/architecture/floors.test.ts` plants a violation of each.
 */

const OURS = '^(bin|src|login-modules|realms|samples)/';
const PLUG_INS = '^(login-modules|realms|src/plugins)/';
/** Floor 5: knows every concrete thing, runs once. */
const COMPOSITION = '^src/((main|server|catalog|catalog-names)\\.ts$|(server|commands)/)';
const FLOORS = [
  COMPOSITION,
  '^src/(spi|wire|adapters|plugins|engine|metadata|http|saml|protocols|config|importer|console)/',
];
/** Built-ins that compute and touch nothing outside: no file, socket, process, clock or environment. */
const PURE_BUILT_INS = '^(node:)?(assert|buffer|crypto|querystring|string_decoder|url|util|util/types|zlib)$';

/** Of our own files, `from` may import `to` and itself, nothing else. */
function floor(name, from, to, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from },
    to: { path: OURS, pathNot: [from, ...to] },
  };
}

/** Of the packages, `from` may import these only; any sub-path of theirs counts. */
function packages(name, from, allowed, comment) {
  const pathNot = allowed.map((one) => `node_modules/${one}/`);
  return { name, comment, severity: 'error', from: { path: from }, to: { path: 'node_modules/', pathNot } };
}

const spi = '^src/spi/';
const wire = '^src/wire/';
const engine = '^src/engine/';
const metadata = '^src/metadata/';
const http = '^src/http/';
const saml = '^src/saml/';
const fastify = ['fastify', '@fastify/[^/]+'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    floor('spi-floor', spi, [], 'The contracts import nothing of ours.'),
    packages('spi-packages', spi, ['zod'], 'The contracts need zod and nothing else.'),
    {
      name: 'spi-built-ins',
      comment: 'Of Node, the contracts need node:util only.',
      severity: 'error',
      from: { path: spi },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?util$' },
    },

    floor('wire-floor', wire, [spi], 'Formats know the contracts only.'),
    packages('wire-packages', wire, ['libxml2-wasm', 'yaml', 'zod'], 'Formats use codec libraries only.'),

    floor('adapters-floor', '^src/adapters/', [spi, wire], 'Adapters know the contracts and the formats only.'),

    floor('plug-ins-floor', PLUG_INS, [spi, wire], 'Plug-ins know the contracts and the formats only.'),
    {
      name: 'plug-ins-apart',
      comment:
        'A plug-in is one file or one folder and imports no other: what two of them share belongs to a lower floor.',
      severity: 'error',
      from: { path: '^((?:login-modules|realms|src/plugins/[^/]+)/[^/]+)' },
      to: { path: PLUG_INS, pathNot: '^$1(/|$)' },
    },
    packages('plug-ins-packages', PLUG_INS, ['zod'], 'Client libraries belong to the adapters.'),
    {
      name: 'catalog-alone-imports-plug-ins',
      comment: 'src/catalog.ts is the one list of plug-ins: what composes the server asks the list.',
      severity: 'error',
      from: { path: ['^bin/', COMPOSITION], pathNot: '^src/catalog\\.ts$' },
      to: { path: PLUG_INS },
    },
    floor(
      'catalog-floor',
      '^src/catalog(-names)?\\.ts$',
      [spi, PLUG_INS, '^src/catalog-names\\.ts$'],
      'The catalogue lists plug-ins and does nothing else.',
    ),

    floor('engine-floor', engine, [spi], 'The engine knows the contracts only.'),
    packages('engine-packages', engine, [], 'The engine needs no package.'),

    floor('metadata-floor', metadata, [spi, wire], 'What is known of SAML partners: contracts and formats only.'),
    packages('metadata-packages', metadata, [], 'Metadata needs no package.'),

    floor('http-floor', http, [spi], 'The web toolkit knows the contracts only.'),
    packages('http-packages', http, fastify, 'The web toolkit needs fastify and its plug-ins only.'),

    floor(
      'saml-floor',
      saml,
      [spi, wire, engine, http],
      'What both SAML protocols share knows what they know, and neither of them.',
    ),
    packages('saml-packages', saml, [...fastify, 'zod'], 'Client libraries belong to the adapters.'),

    floor(
      'protocols-floor',
      '^src/protocols/',
      [spi, wire, engine, metadata, http, saml],
      'Protocols call the engine; nothing calls them.',
    ),
    {
      name: 'protocols-apart',
      comment: 'An endpoint that needs a login parks its request and redirects: protocols never call one another.',
      severity: 'error',
      from: { path: '^src/protocols/([^/]+)/' },
      to: { path: '^src/protocols/', pathNot: '^src/protocols/$1/' },
    },
    packages('protocols-packages', '^src/protocols/', [...fastify, 'zod'], 'Client libraries belong to the adapters.'),

    floor('config-floor', '^src/config/', [spi], 'The configuration knows the contracts only.'),
    packages('config-packages', '^src/config/', ['yaml', 'zod'], 'The configuration needs yaml and zod only.'),

    floor('importer-floor', '^src/importer/', [spi, wire], 'The importer knows the contracts and the formats only.'),
    packages('importer-packages', '^src/importer/', ['yaml', 'zod'], 'The importer needs yaml and zod only.'),

    {
      name: 'pure-floors',
      comment: 'Files, sockets, processes and names are asked by src/adapters; here they come in as arguments.',
      severity: 'error',
      from: { path: ['^src/(wire|engine|metadata|plugins|saml|protocols|importer)/', '^(login-modules|realms)/'] },
      to: { dependencyTypes: ['core'], pathNot: PURE_BUILT_INS },
    },

    {
      name: 'every-folder-has-a-floor',
      comment: 'A new folder of src gets its row in docs/architecture.md and its rules here first.',
      severity: 'error',
      from: { path: '^src/', pathNot: FLOORS },
      to: {},
    },
    floor(
      'console-apart',
      '^src/console/',
      ['^src/protocols/management/api\\.ts$'],
      'Browser code shares the API types only.',
    ),
    {
      name: 'nobody-imports-console',
      comment: 'Browser code is served, never imported.',
      severity: 'error',
      from: { pathNot: ['^src/console/', '^test/'] },
      to: { path: '^src/console/' },
    },
    floor('samples-apart', '^samples/', [], 'A second implementation: it shares nothing with the first.'),
    {
      name: 'nobody-imports-samples',
      comment: 'The product works without the sample applications: only floor 5 starts them.',
      severity: 'error',
      from: { path: OURS, pathNot: ['^samples/', COMPOSITION] },
      to: { path: '^samples/' },
    },
    {
      name: 'product-imports-no-tools',
      comment: 'What is shipped does not reach into tests, benchmarks and scripts.',
      severity: 'error',
      from: { path: OURS },
      to: { path: '^(test|bench|scripts)/' },
    },

    {
      name: 'no-circles',
      comment: 'Type imports count: two files that need each other are one subject.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unlisted-packages',
      comment: 'Every package is in package.json (and so in docs/dependencies.md).',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-in-the-product',
      comment: 'What is shipped runs with `npm ci --omit=dev`.',
      severity: 'error',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    cache: false,
  },
};
