/** @module A start that fails half-way closes what is already open: modules, audit files, whole domains; each once. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfiguration } from '../../src/config/load.ts';
import { createClosers } from '../../src/server/closers.ts';
import { buildDomains } from '../../src/server/domains.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { defineLoginModule, type LoginModuleFactory } from '../../src/spi/login-module.ts';
import { auditServices, silentMeter } from '../support/audit-services.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { pluginServices } from '../support/plugin-services.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';
import { catalog } from '../support/whole-catalog.ts';

/** What has been opened and closed, in order. */
class Doorman {
  readonly seen: string[] = [];
  opened(name: string): void {
    this.seen.push(`open ${name}`);
  }
  closed(name: string): void {
    this.seen.push(`close ${name}`);
  }
}

const trouble = new GatehouseError('ERR_CONFIG_INVALID', 'there is no such thing');

function opens(doorman: Doorman, code: string, close = async () => doorman.closed(code)): LoginModuleFactory {
  return defineLoginModule({
    code,
    summary: 'Opens something.',
    options: z.strictObject({}),
    create() {
      doorman.opened(code);
      return { login: async () => ({ status: 'ignored', note: 'nothing' }), close };
    },
  });
}

const fails = defineLoginModule({
  code: 'Fails',
  summary: 'Cannot be made.',
  options: z.strictObject({}),
  create: () => Promise.reject(trouble),
});

/** Builds the domains of the text and closes, as the server does, what has been opened when that fails. */
async function start(text: string, doorman: Doorman, modules: readonly LoginModuleFactory[]) {
  const find = (code: string) => modules.find((one) => one.code === code);
  const own = { ...catalog, loginModules: { ...catalog.loginModules, find } };
  const loaded = loadConfiguration({
    text,
    file: 'gatehouse.yaml',
    catalog: own,
    environment: {},
    readSecretFile: () => ({ problem: 'there is none' }),
  });
  if (loaded.status === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join());
  const services = pluginServices();
  const metrics = createRecordingAuditor();
  const closers = createClosers();
  const parts = {
    configuration: loaded.configuration,
    catalog: own,
    revision: 'r',
    clock: createFakeClock(),
    random: createFakeRandom(),
    files: {
      watchFile: services.watchFile,
      watchBytes: services.files.watchBytes,
      follow: () => undefined,
      check: async () => undefined,
      close: async () => undefined,
    },
    logger: services.logger,
    metrics: { provider: metrics, meter: silentMeter },
    auditServices: auditServices({
      async openFile(path: string) {
        if (path === 'fails') throw trouble;
        doorman.opened(path);
        return { append: async () => undefined, close: async () => doorman.closed(path) };
      },
    }),
    stores: {
      ...services,
      datasources: new Map(),
      truststores: new Map(),
      openDirectory: services.directory,
    },
    closers,
  };
  await buildDomains(parts).finally(() => closers.closeAll());
  return { metrics };
}

const domain = (name: string, codes: readonly string[], rest = '') =>
  `  ${name}: { authentication: [${codes.map((code) => `{ code: ${code}, flag: required }`).join()}]${rest} }\n`;

const quiet = 'audit: []\n';

describe('a module that cannot be made', () => {
  test('closes the modules before it in its stack, the last one first, each once', async () => {
    const doorman = new Doorman();
    const modules = [opens(doorman, 'First'), opens(doorman, 'Second'), fails];
    const text = `${quiet}security-domains:\n${domain('d', ['First', 'Second', 'Fails'])}`;
    await expect(start(text, doorman, modules)).rejects.toThrow(trouble.message);
    expect(doorman.seen).toEqual(['open First', 'open Second', 'close Second', 'close First']);
  });

  test('is what the start fails with, also when one of the others does not close', async () => {
    const doorman = new Doorman();
    const modules = [opens(doorman, 'First'), opens(doorman, 'Stuck', () => Promise.reject(new Error('stuck'))), fails];
    const text = `${quiet}security-domains:\n${domain('d', ['First', 'Stuck', 'Fails'])}`;
    await expect(start(text, doorman, modules)).rejects.toThrow(trouble.message);
    expect(doorman.seen).toContain('close First');
  });

  test('closes the domains before its own', async () => {
    const doorman = new Doorman();
    const text = `${quiet}security-domains:\n${domain('a', ['First'])}${domain('b', ['Fails'])}`;
    await expect(start(text, doorman, [opens(doorman, 'First'), fails])).rejects.toThrow(trouble.message);
    expect(doorman.seen).toEqual(['open First', 'close First']);
  });
});

describe('an audit provider that cannot be made', () => {
  const own = (...paths: readonly string[]) =>
    `, audit: [${paths.map((path) => `{ code: File, options: { path: ${path} } }`).join()}]`;

  test('closes the providers before it in its list', async () => {
    const doorman = new Doorman();
    const text = `${quiet}security-domains:\n${domain('d', ['First'], own('a.jsonl', 'fails'))}`;
    await expect(start(text, doorman, [opens(doorman, 'First')])).rejects.toThrow(trouble.message);
    expect(doorman.seen.filter((line) => line.endsWith('a.jsonl'))).toEqual(['open a.jsonl', 'close a.jsonl']);
  });

  test('leaves no module of its domain open', async () => {
    const doorman = new Doorman();
    const text = `${quiet}security-domains:\n${domain('d', ['First'], own('fails'))}`;
    await expect(start(text, doorman, [opens(doorman, 'First')])).rejects.toThrow(trouble.message);
    const of = (word: string) => doorman.seen.filter((line) => line === `${word} First`).length;
    expect(of('close')).toBe(of('open'));
  });
});

test('what starts is closed once', async () => {
  const doorman = new Doorman();
  const text = `${quiet}security-domains:\n${domain('d', ['First', 'Second'])}`;
  await start(text, doorman, [opens(doorman, 'First'), opens(doorman, 'Second')]);
  expect([...doorman.seen].sort()).toEqual(['close First', 'close Second', 'open First', 'open Second']);
});

test('the metrics go on counting when the domains of one configuration are closed', async () => {
  const text = `${quiet}security-domains:\n${domain('d', ['First'], ', audit: []')}`;
  const { metrics } = await start(text, new Doorman(), [opens(new Doorman(), 'First')]);
  expect(metrics.closes).toBe(0);
});
