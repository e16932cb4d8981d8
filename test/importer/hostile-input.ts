/** @module Run as a program: the readers of XML, of YAML and of expressions on texts of 64 KiB that are made to be slow. */

import { loadConfiguration } from '../../src/config/load.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { catalog } from '../support/whole-catalog.ts';
import { importText } from './corpus.ts';

const size = 64 * 1024;
const fill = (piece: string) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const domain = (inside: string) =>
  `<server xmlns="urn:jboss:domain:4.1"><profile><subsystem xmlns="urn:jboss:domain:security:1.2"><security-domains>${inside}</security-domains></subsystem></profile></server>`;
const module = (value: string) =>
  domain(
    `<security-domain name="a"><authentication><login-module code="UsersRoles" flag="required"><module-option name="usersProperties" value="${value}"/></login-module></authentication></security-domain>`,
  );

const xml: readonly string[] = [
  ...[
    '<',
    '<a',
    '<a>',
    '<a b=',
    '&',
    '&amp;',
    '&#1',
    '<!--',
    '<![CDATA[',
    ']]>',
    '<a xmlns:b="urn:c" ',
    ' ',
    '\n',
    '"',
  ].map(fill),
  fill('<a b="c" d="e"/>'),
  `<a ${Array.from({ length: 5000 }, (_, index) => `a${index}="b"`).join(' ')}/>`,
  `<${fill('a')}/>`,
  module(fill('${')),
  module(fill('${a:')),
  module(fill('${a,')),
  module(`${fill('${a:').slice(0, size / 2)}${fill('}').slice(0, size / 2)}`),
  module(fill('$$')),
  module(fill(`\${VAULT::a::b::1}`)),
  module(fill('VAULT::')),
  domain(fill('<security-domain name="a"/>').slice(0, -27)),
  domain(fill('<security-domain name="other"/>').replace(/<[^>]*$/, '')),
  domain(
    `<security-domain name="a"><authentication>${fill('<login-module code="Simple" flag="required"/>').replace(/<[^>]*$/, '')}</authentication></security-domain>`,
  ),
];
const yaml: readonly string[] = [
  ...[
    '[',
    '{',
    '- ',
    '? ',
    'a: ',
    '&a ',
    '*a ',
    '"',
    "'",
    '|\n',
    '>\n',
    '!!',
    '# ',
    '${',
    '${env:',
    '\t',
    '- - ',
    'a:\n ',
    '%',
    '@',
    '`',
  ].map(fill),
  `a: &a [1]\nb: [${fill('*a,')}]`,
  Array.from({ length: 6000 }, (_, index) => `k${index}: v`).join('\n'),
  fill('security-domains: { a: { authentication: [ { code: X, flag: required } ] } }\n'),
];

for (const text of xml) {
  try {
    importText(text);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
  }
}
for (const text of yaml) {
  loadConfiguration({
    text,
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readSecretFile: () => ({ problem: 'none' }),
  });
}
process.stdout.write(`${xml.length + yaml.length}\n`);
