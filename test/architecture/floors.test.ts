/** @module The dependency rules catch what they name: one violation of each rule, planted in a tree of its own. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cruise, type Plant, projectRoot, type Violation } from './planted-tree.ts';

/** `[rule, importing file, what it imports]`. Each file breaks one rule only. */
const planted: readonly (readonly [string, string, string])[] = [
  ['spi-floor', 'src/spi/a.ts', 'src/wire/xml/parse.ts'],
  ['spi-floor', 'src/spi/b.ts', 'src/engine/stack.ts'],
  ['spi-packages', 'src/spi/c.ts', 'fastify'],
  ['spi-built-ins', 'src/spi/d.ts', 'node:fs'],
  ['spi-built-ins', 'src/spi/e.ts', 'node:net'],
  ['spi-built-ins', 'src/spi/f.ts', 'node:crypto'],
  ['wire-floor', 'src/wire/a.ts', 'src/engine/stack.ts'],
  ['wire-floor', 'src/wire/b.ts', 'src/adapters/files.ts'],
  ['wire-packages', 'src/wire/c.ts', 'pino'],
  ['adapters-floor', 'src/adapters/a.ts', 'src/engine/stack.ts'],
  ['adapters-floor', 'src/adapters/b.ts', 'login-modules/simple.ts'],
  ['adapters-floor', 'src/adapters/c.ts', 'src/http/page.ts'],
  ['plug-ins-floor', 'login-modules/a.ts', 'src/adapters/files.ts'],
  ['plug-ins-floor', 'login-modules/b.ts', 'src/engine/stack.ts'],
  ['plug-ins-floor', 'realms/a.ts', 'src/adapters/files.ts'],
  ['plug-ins-floor', 'src/plugins/mechanisms/a.ts', 'src/http/page.ts'],
  ['plug-ins-apart', 'login-modules/c.ts', 'login-modules/simple.ts'],
  ['plug-ins-apart', 'login-modules/d.ts', 'realms/properties.ts'],
  ['plug-ins-apart', 'realms/b/index.ts', 'realms/properties.ts'],
  ['plug-ins-apart', 'src/plugins/mechanisms/b.ts', 'src/plugins/mechanisms/form.ts'],
  ['plug-ins-apart', 'src/plugins/auditors/a.ts', 'login-modules/simple.ts'],
  ['plug-ins-packages', 'login-modules/e.ts', 'yaml'],
  ['plug-ins-packages', 'src/plugins/auditors/b.ts', 'pino'],
  ['catalog-alone-imports-plug-ins', 'src/server.ts', 'login-modules/simple.ts'],
  ['catalog-alone-imports-plug-ins', 'src/server/a.ts', 'realms/properties.ts'],
  ['catalog-alone-imports-plug-ins', 'src/commands/a.ts', 'src/plugins/auditors/file.ts'],
  ['catalog-floor', 'src/catalog.ts', 'src/adapters/files.ts'],
  ['engine-floor', 'src/engine/a.ts', 'src/wire/xml/parse.ts'],
  ['engine-floor', 'src/engine/b.ts', 'src/http/page.ts'],
  ['engine-floor', 'src/engine/c.ts', 'login-modules/simple.ts'],
  ['engine-packages', 'src/engine/d.ts', 'zod'],
  ['metadata-floor', 'src/metadata/a.ts', 'src/protocols/saml-idp/page.ts'],
  ['metadata-floor', 'src/metadata/b.ts', 'src/engine/stack.ts'],
  ['metadata-packages', 'src/metadata/c.ts', 'zod'],
  ['pure-floors', 'src/metadata/d.ts', 'node:fs'],
  ['http-floor', 'src/http/a.ts', 'src/engine/stack.ts'],
  ['http-floor', 'src/http/b.ts', 'src/protocols/login/page.ts'],
  ['http-packages', 'src/http/c.ts', 'pino'],
  ['saml-floor', 'src/saml/a.ts', 'src/protocols/saml-idp/page.ts'],
  ['saml-floor', 'src/saml/b.ts', 'src/adapters/files.ts'],
  ['saml-packages', 'src/saml/c.ts', 'libxml2-wasm'],
  ['pure-floors', 'src/saml/d.ts', 'node:fs'],
  ['protocols-floor', 'src/protocols/saml-idp/a.ts', 'src/adapters/files.ts'],
  ['protocols-floor', 'src/protocols/saml-idp/b.ts', 'login-modules/simple.ts'],
  ['protocols-floor', 'src/protocols/saml-idp/c.ts', 'src/config/schema.ts'],
  ['protocols-apart', 'src/protocols/saml-idp/d.ts', 'src/protocols/login/page.ts'],
  ['protocols-packages', 'src/protocols/saml-idp/e.ts', 'libxml2-wasm'],
  ['config-floor', 'src/config/a.ts', 'src/wire/xml/parse.ts'],
  ['config-floor', 'src/config/b.ts', 'src/engine/stack.ts'],
  ['config-packages', 'src/config/c.ts', 'pino'],
  ['importer-floor', 'src/importer/a.ts', 'src/config/schema.ts'],
  ['importer-floor', 'src/importer/b.ts', 'src/adapters/files.ts'],
  ['importer-packages', 'src/importer/c.ts', 'pino'],
  ['pure-floors', 'src/importer/d.ts', 'node:fs'],
  ['pure-floors', 'src/wire/d.ts', 'node:fs'],
  ['pure-floors', 'src/engine/e.ts', 'node:timers/promises'],
  ['pure-floors', 'src/engine/f.ts', 'node:fs/promises'],
  ['pure-floors', 'src/protocols/saml-idp/f.ts', 'node:http'],
  ['pure-floors', 'src/plugins/auditors/c.ts', 'node:tls'],
  ['pure-floors', 'login-modules/f.ts', 'node:child_process'],
  ['pure-floors', 'login-modules/g.ts', 'node:dns'],
  ['pure-floors', 'login-modules/h.ts', 'dgram'],
  ['pure-floors', 'realms/c.ts', 'node:net'],
  ['every-folder-has-a-floor', 'src/utils/a.ts', 'src/spi/errors.ts'],
  ['console-apart', 'src/console/a.ts', 'src/spi/errors.ts'],
  ['nobody-imports-console', 'src/http/d.ts', 'src/console/main.ts'],
  ['samples-apart', 'samples/a.ts', 'src/http/html.ts'],
  ['nobody-imports-samples', 'src/protocols/portal/a.ts', 'samples/server.ts'],
  ['product-imports-no-tools', 'src/engine/g.ts', 'test/support/fake-clock.ts'],
  ['no-circles', 'src/engine/circle-a.ts', 'src/engine/circle-b.ts'],
  ['no-unlisted-packages', 'src/adapters/d.ts', 'leftpad'],
  ['no-development-packages-in-the-product', 'src/adapters/e.ts', 'samlify'],
  ['no-unresolvable', 'src/engine/h.ts', 'src/engine/missing.ts'],
];

/** What also breaks a second rule, and why that is right. */
const alsoBroken: Readonly<Record<string, string>> = {
  // Console code has a rule of its own and a floor of its own.
  'src/http/d.ts': 'http-floor',
  'src/protocols/portal/a.ts': 'protocols-floor',
};

const allowed: readonly Plant[] = [
  { file: 'src/spi/ok.ts', imports: 'zod' },
  { file: 'src/spi/ok.ts', imports: 'node:util' },
  { file: 'src/wire/ok.ts', imports: 'libxml2-wasm' },
  { file: 'src/wire/ok.ts', imports: 'node:zlib' },
  { file: 'src/adapters/ok.ts', imports: 'node:fs' },
  { file: 'src/adapters/ok.ts', imports: 'pino' },
  { file: 'src/adapters/ok.ts', imports: 'src/wire/xml/parse.ts' },
  { file: 'src/engine/ok.ts', imports: 'node:crypto' },
  { file: 'src/engine/ok.ts', imports: 'src/spi/errors.ts' },
  { file: 'login-modules/ok.ts', imports: 'src/spi/errors.ts' },
  { file: 'login-modules/ok.ts', imports: 'src/wire/xml/parse.ts' },
  { file: 'login-modules/ok.ts', imports: 'zod' },
  { file: 'realms/ok/index.ts', imports: 'realms/ok/parts.ts' },
  { file: 'src/catalog.ts', imports: 'login-modules/simple.ts' },
  { file: 'src/catalog.ts', imports: 'realms/properties.ts' },
  { file: 'src/http/ok.ts', imports: '@fastify/cookie' },
  { file: 'src/protocols/login/ok.ts', imports: 'fastify', typeOnly: true },
  { file: 'src/protocols/login/ok.ts', imports: 'src/protocols/login/page.ts' },
  { file: 'src/protocols/login/ok.ts', imports: 'src/engine/stack.ts' },
  { file: 'src/protocols/login/ok.ts', imports: 'src/http/page.ts' },
  { file: 'src/config/ok.ts', imports: 'yaml' },
  { file: 'src/server.ts', imports: 'src/catalog.ts' },
  { file: 'src/server.ts', imports: 'src/adapters/files.ts' },
  { file: 'src/server.ts', imports: 'src/protocols/login/page.ts' },
  { file: 'src/commands/serve.ts', imports: 'samples/server.ts' },
  { file: 'src/console/ok.ts', imports: 'src/protocols/management/api.ts' },
  { file: 'samples/ok.ts', imports: '@node-saml/node-saml' },
  { file: 'test/wire/ok.test.ts', imports: 'samlify' },
];

describe('the dependency rules', () => {
  let violations: readonly Violation[] = [];
  let quiet: readonly Violation[] = [];
  beforeAll(() => {
    violations = cruise([
      ...planted.map(([, file, imports]) => ({ file, imports })),
      { file: 'src/engine/circle-b.ts', imports: 'src/engine/circle-a.ts', typeOnly: true },
    ]);
    quiet = cruise(allowed);
  });

  test.each(planted)('%s catches %s → %s', (rule, file) => {
    const found = violations.filter((one) => one.from === file).map((one) => one.rule);
    const also = alsoBroken[file];
    expect(found.sort()).toEqual((also === undefined ? [rule] : [rule, also]).sort());
  });

  test('report nothing but what was planted', () => {
    const files: readonly string[] = planted.map(([, file]) => file);
    expect(violations.filter((one) => !files.includes(one.from))).toEqual([]);
  });

  test('let the imports through that the floors allow', () => {
    expect(quiet).toEqual([]);
  });

  test('have each a planted violation', () => {
    const config = createRequire(import.meta.url)(join(projectRoot, '.dependency-cruiser.cjs'));
    const names = config.forbidden.map((rule: { name: string }) => rule.name).sort();
    expect([...new Set(planted.map(([rule]) => rule))].sort()).toEqual(names);
  });
});
