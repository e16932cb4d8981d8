/** @module Audit provider File: JSON lines in a real file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileAudit } from '../../../src/plugins/auditors/file.ts';
import type { AuditFileOptions } from '../../../src/spi/audit.ts';
import { auditProviderConformance } from '../../conformance/audit-provider.ts';
import { auditFilesIn, unchained } from '../../support/audit-files.ts';
import { auditServices } from '../../support/audit-services.ts';

let folder: string;
let opened = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

for (const durable of ['every-record', 'interval', 'never']) {
  auditProviderConformance(`File (durable: ${durable})`, async () => {
    opened += 1;
    const { files, lines } = auditFilesIn(join(folder, String(opened)));
    const provider = await fileAudit.create({ durable }, auditServices({ openFile: files.open }));
    return { provider, records: async () => (await lines()).map(unchained) };
  });
}

describe('File', () => {
  async function settingsOf(options: unknown): Promise<AuditFileOptions | undefined> {
    let seen: AuditFileOptions | undefined;
    const openFile = async (_: string, settings: AuditFileOptions) => {
      seen = settings;
      return { append: async () => undefined, close: async () => undefined };
    };
    await fileAudit.create(options, auditServices({ openFile }));
    return seen;
  }

  it('lets the system decide and begins a new file at 100 MiB where nothing is said', async () => {
    expect(await settingsOf({})).toEqual({
      durability: 'never',
      syncMs: 1000,
      rotateBytes: 100 * 1024 * 1024,
      rotateEvery: 'none',
    });
  });

  it.each([
    [true, 'every-record'],
    ['true', 'every-record'],
    [false, 'never'],
    ['interval', 'interval'],
  ])('takes durable: %j as %s', async (durable, durability) => {
    expect(await settingsOf({ durable })).toMatchObject({ durability });
  });

  it.each([
    ['4096', 4096],
    ['500k', 512_000],
    ['10M', 10_485_760],
    ['1g', 1_073_741_824],
  ])('takes sizes as JBoss writes them: %s', async (size, rotateBytes) => {
    expect(await settingsOf({ 'rotate-size': size })).toMatchObject({ rotateBytes });
  });

  it.each(['', '10', '10mb', '-1', '1.5m', 'm', '99999999999999g'])('refuses %j as a size', async (size) => {
    await expect(settingsOf({ 'rotate-size': size })).rejects.toThrow('must be a number of bytes');
  });
});
