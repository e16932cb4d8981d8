/** @module The mechanisms of a configuration are made one after another and closed with it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Catalog, openCatalog } from '../../src/catalog.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { createClosers } from '../../src/server/closers.ts';
import { buildEntrances } from '../../src/server/entrances.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { defineHttpMechanism, type HttpMechanismFactory } from '../../src/spi/http-mechanism.ts';
import type { SecurityDomain } from '../../src/spi/security-domain.ts';
import { mechanismServices } from '../support/mechanism-services.ts';

const text = `
security-domains:
  other: { authentication: [ { code: Simple, flag: required } ] }
applications:
  shop: { security-domain: other, mechanisms: [ BASIC, FORM ], upstream: http://127.0.0.1:9, constraints: [] }
`;
const trouble = new GatehouseError('ERR_CONFIG_INVALID', 'there is no such key');
const other: SecurityDomain = {
  name: 'other',
  login: () => Promise.reject(new TypeError('nobody logs in here')),
  close: async () => undefined,
};

let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

/** One that says when it is closed. */
function closable(name: string, closed: string[]): HttpMechanismFactory {
  return defineHttpMechanism({
    name,
    summary: 'For this test.',
    options: z.strictObject({}),
    create: async () => ({
      name,
      evaluate: async () => ({ status: 'not-attempted' }),
      challenge: () => undefined,
      close: async () => void closed.push(name),
    }),
  });
}

async function build(closers: ReturnType<typeof createClosers>, factories: readonly HttpMechanismFactory[]) {
  const loaded = loadConfiguration({
    text,
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readSecretFile: () => ({ problem: 'there is none' }),
  });
  if (loaded.status === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join());
  const find = (name: string) => factories.find((factory) => factory.name === name);
  const built = {
    domains: new Map([['other', other]]),
    stacks: new Map(),
    catalog: { mechanisms: { ...catalog.mechanisms, find } },
  };
  return buildEntrances(loaded.configuration, built, mechanismServices(), closers);
}

describe('the mechanisms of an application', () => {
  test('keep their order', async () => {
    const factories = [closable('FORM', []), closable('BASIC', [])];
    const entrances = await build(createClosers(), factories);
    expect(entrances.get('application:shop')?.mechanisms.map(({ name }) => name)).toEqual(['BASIC', 'FORM']);
  });

  test('are closed with the configuration, the last one first', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    await build(closers, [closable('BASIC', closed), closable('FORM', closed)]);
    await closers.closeAll();
    expect(closed).toEqual(['FORM', 'BASIC']);
  });

  test('are closed when the one after them cannot be made', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    const broken = { ...closable('FORM', closed), create: () => Promise.reject(trouble) };
    await expect(build(closers, [closable('BASIC', closed), broken])).rejects.toBe(trouble);
    await closers.closeAll();
    expect(closed).toEqual(['BASIC']);
  });
});
