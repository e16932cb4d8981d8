/** @module Audit provider Log: records in the server's own log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLog } from '../../../src/adapters/log.ts';
import { logAudit } from '../../../src/plugins/auditors/log.ts';
import { auditEvent } from '../../conformance/audit-provider.ts';
import { auditServices } from '../../support/audit-services.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
beforeAll(async () => {
  folder = await makeTempFolder('log');
});
afterAll(() => folder.remove());

async function linesOf(name: string, principal: string): Promise<readonly string[]> {
  const to = join(folder.path, name);
  const logger = openLog({ to, level: 'info', node: 'node1' });
  const provider = await logAudit.create({}, auditServices({ logger }));
  await provider.record(auditEvent({ principal }));
  logger.close();
  return readFileSync(to, 'utf8').split('\n').slice(0, -1);
}

describe('Log', () => {
  it('writes the record into a line of the log', async () => {
    const [line = ''] = await linesOf('plain', 'alice');
    expect(JSON.parse(line)).toMatchObject({ msg: 'audit', audit: auditEvent() });
  });

  it.each(['a\nb', 'a\u2028b\u0085', '\u202ea', '\u001b[2J', 'a\u0000'])(
    'makes one plain line of the name %j',
    async (name) => {
      const lines = await linesOf(`hostile-${name.codePointAt(0)}-${name.length}-${name.charCodeAt(1)}`, name);
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    },
  );

  it('says that it cannot when it is closed', async () => {
    const provider = await logAudit.create({}, auditServices({}));
    await provider.close();
    await expect(provider.record(auditEvent())).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
  });

  it('takes no options', async () => {
    await expect(logAudit.create({ level: 'trace' }, auditServices({}))).rejects.toThrow('level');
  });
});
