/** @module Audit providers of the operator's own: the example in a real server, and what is refused or goes wrong. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAuditorFactory } from '../../src/adapters/custom-auditor-shape.ts';
import { customCodes, writtenCodes } from '../../src/config/custom-codes.ts';
import { type AuditProvider, type AuditProviderFactory, defineAuditProvider } from '../../src/spi/audit.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { z } from '../../src/spi/index.ts';
import { projectRoot } from '../architecture/planted-tree.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { auditServices } from '../support/audit-services.ts';
import { startGatehouse } from '../support/gatehouse-process.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

function factoryOf(make: () => unknown): AuditProviderFactory {
  const options = z.strictObject({});
  const own = defineAuditProvider({ code: 'Mine', summary: '', options, create: () => make() as AuditProvider });
  const read = readAuditorFactory({ auditProvider: own });
  if ('problem' in read) throw new Error(read.problem);
  return read.factory;
}

describe('an audit provider of the operator', () => {
  it('is found in the list of the server and in those of domains', () => {
    const text =
      'audit: [ { code: ./one.ts } ]\nsecurity-domains: { d: { audit: [ { code: ./two.ts }, { code: File } ] } }\n';
    expect(customCodes(writtenCodes(text).auditProviders, (code) => code === 'File')).toEqual(['./one.ts', './two.ts']);
  });

  it.each([
    [{ default: 5 }, 'exports what defineAuditProvider did not make'],
    [{ other: 5 }, 'exports no audit provider, neither by default nor as auditProvider'],
  ])('is refused when it is none: %j', (exported, problem) => {
    expect(readAuditorFactory(exported)).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  it('is refused when what it makes is no provider', async () => {
    const factory = factoryOf(() => ({ record: () => undefined }));
    await expect(factory.create({}, auditServices({}))).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('counts as failed whatever it throws, with no word of what it said', async () => {
    const factory = factoryOf(() => ({
      record() {
        throw new TypeError('quartz');
      },
      close: async () => undefined,
    }));
    const provider = await factory.create({}, auditServices({}));
    await expect(provider.record(auditEvent())).rejects.toMatchObject({
      code: 'ERR_AUDIT_UNAVAILABLE',
      facts: { code: 'Mine', reason: 'TypeError' },
    });
  });

  it('says itself why it cannot', async () => {
    const fault = new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'full', { facts: { reason: 'ENOSPC' } });
    const factory = factoryOf(() => ({ record: () => Promise.reject(fault), close: async () => undefined }));
    const provider = await factory.create({}, auditServices({}));
    await expect(provider.record(auditEvent())).rejects.toBe(fault);
  });
});

describe('examples/custom-auditor', () => {
  it('lists refused logins beside the audit file, and no name makes a line of its own', async () => {
    await using folder = await makeTempFolder('auditor');
    const [configuration, list] = [join(folder.path, 'configuration'), join(folder.path, 'out', 'failed.txt')];
    await mkdir(configuration);
    cpSync(join(projectRoot, 'examples/custom-auditor'), configuration, { recursive: true });
    const file = join(configuration, 'gatehouse.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('/var/lib/gatehouse/failed-logins.txt', list));
    await using server = await startGatehouse({ home: folder.path });
    const credentials = Buffer.from('alice\u2028forged:wrong').toString('base64');
    const headers = { authorization: `Basic ${credentials}` };
    expect((await fetch(`${server.publicUrl}/tool/`, { headers })).status).toBe(401);
    expect(readFileSync(list, 'utf8')).toMatch(/^\S+Z 127\.0\.0\.1 alice\\u\{2028\}forged\n$/);
    expect((await server.audit()).map(({ type }) => type)).toEqual(expect.arrayContaining(['server-started', 'login']));
  });
});
