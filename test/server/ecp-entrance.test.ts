/** @module The entrance of clients without pages follows from that of the identity provider: the same stacks, asked by headers. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Catalog, openCatalog } from '../../src/catalog.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { createClosers } from '../../src/server/closers.ts';
import { buildEntrances, samlEcpEntrance } from '../../src/server/entrances.ts';
import type { SecurityDomain } from '../../src/spi/security-domain.ts';
import { mechanismServices } from '../support/mechanism-services.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

const domain: SecurityDomain = {
  name: 'd',
  login: () => Promise.reject(new TypeError('nobody logs in here')),
  close: async () => undefined,
};

async function entranceOf(idp: string, authentication = 'authentication: [ { code: Simple, flag: required } ]') {
  const loaded = loadConfiguration({
    text: `security-domains:\n  d: { ${authentication} }\nsaml-idp: { security-domain: d, ${idp} }`,
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readSecretFile: () => ({ problem: 'there is none' }),
  });
  if (loaded.status === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join());
  const stacks = new Map([
    [
      'd',
      new Map([
        ['passwords', domain],
        ['certificates', domain],
      ]),
    ],
  ]);
  const built = { domains: new Map([['d', domain]]), stacks, catalog };
  const entrances = await buildEntrances(loaded.configuration, built, mechanismServices(), createClosers());
  return entrances.get(samlEcpEntrance)?.mechanisms.map(({ name }) => name);
}

describe('clients without pages are asked by', () => {
  test.each([
    ['[FORM]', ['BASIC']],
    ['[CLIENT-CERT, FORM]', ['CLIENT-CERT', 'BASIC']],
    ['[FORM, BASIC]', ['BASIC']],
    ['[CLIENT-CERT]', ['CLIENT-CERT']],
  ])('%s: %j', async (mechanisms, expected) => {
    expect(await entranceOf(`mechanisms: ${mechanisms}`)).toEqual(expected);
  });

  test('the stacks of authentication-jaspi, none of which is passed by', async () => {
    const jaspi = `authentication-jaspi: { login-module-stacks: { certificates: [ { code: Simple, flag: required } ], passwords: [ { code: Simple, flag: required } ] }, auth-modules: [ { code: CLIENT-CERT, flag: required, login-module-stack-ref: certificates }, { code: FORM, flag: required, login-module-stack-ref: passwords } ] }`;
    expect(await entranceOf('ecp: true', jaspi)).toEqual(['CLIENT-CERT', 'BASIC']);
  });

  test('nothing where it is switched off', async () => {
    expect(await entranceOf('mechanisms: [FORM], ecp: false')).toBeUndefined();
  });
});
