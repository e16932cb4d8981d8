/** @module Audit files when the process is killed, and when the disk takes no more. Real processes and a real limit of the system. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/adapters/audit/verify.ts';
import { auditFilesIn, fileOptions } from '../../support/audit-files.ts';
import { startProgram } from '../../support/child-process.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/servers/server-process.ts';

const program = join(import.meta.dirname, '..', '..', 'support', 'append-forever.ts');

let folder: ReturnType<typeof temporaryFolder>;
let home: ReturnType<typeof auditFilesIn>;
beforeEach(() => {
  folder = temporaryFolder('crash');
  home = auditFilesIn(folder.path);
});
afterEach(() => folder.remove());

const verify = () => verifyChain('audit.jsonl', home.chain);

describe('a process that is killed', () => {
  it('leaves a chain that has every record that was acknowledged, and goes on after the restart', async () => {
    const running = startProgram(process.execPath, [program, home.logFolder, home.checkpointFolder]);
    await poll(
      async () => (running.stdout().split('\n').length > 200 ? true : undefined),
      () => running.output(),
    );
    running.kill('SIGKILL');
    await running.exited;
    const acknowledged = running.stdout().match(/^\d+ written$/gm)?.length ?? 0;
    const file = await home.files.open('audit.jsonl', fileOptions);
    await file.append('{"n":"after"}');
    await file.close();
    const { records, findings } = await verify();
    expect(findings).toEqual([]);
    expect(records).toBeGreaterThan(acknowledged);
  });
});

describe('a disk that is full', () => {
  /** The largest file that the process may write, in blocks of 1024 bytes; the limit is the kernel's. */
  async function appendWithin(blocks: number, count: number): Promise<readonly string[]> {
    const command = `ulimit -S -f ${blocks}; exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, program, home.logFolder, home.checkpointFolder, String(count)];
    const child = spawn('/bin/bash', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    expect(await once(child, 'close')).toEqual([0, null]);
    return Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1);
  }

  it('refuses each record that does not fit, with the reason, and takes back what it wrote of it', async () => {
    const answers = await appendWithin(16, 40);
    const written = answers.filter((answer) => answer.endsWith(' written'));
    const refused = answers.filter((answer) => answer.includes('ERR_AUDIT_UNAVAILABLE'));
    expect(written.length + refused.length).toBe(40);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.every((answer) => answer.includes('"reason":"EFBIG"'))).toBe(true);
    expect(await verify()).toMatchObject({ records: written.length, findings: [], notes: [] });
    expect((await stat(home.path)).size).toBeLessThanOrEqual(16 * 1024);
  });

  it('goes on with the chain when there is room again', async () => {
    const before = (await appendWithin(16, 40)).filter((answer) => answer.endsWith(' written')).length;
    await appendWithin(64, 10);
    expect(await verify()).toMatchObject({ records: before + 10, findings: [], notes: [] });
  });
});
