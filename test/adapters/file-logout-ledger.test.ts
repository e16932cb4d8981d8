import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFileLogoutLedger } from '../../src/adapters/file-logout-ledger.ts';
import { createLogoutFiles } from '../../src/adapters/logout-files.ts';
import { type LogoutRecord, logoutsKeptMs } from '../../src/spi/logout-ledger.ts';
import { logoutLedgerConformance } from '../conformance/logout-ledger.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';
import { rejectionOf } from '../support/thrown-code.ts';

async function open() {
  const clock = createFakeClock();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { clock, folder, ledger: await openFileLogoutLedger({ folder, clock }) };
}

logoutLedgerConformance('files', async () => {
  const { clock, ledger } = await open();
  return { ledger, now: () => clock.now(), advance: async (ms) => clock.advance(ms) };
});

const id = '01HZZZZZZZZZZZZZZZZZZZZZ01';
const who = { kind: 'saml', name: 'a' } as const;
const lease = { node: 'node1', ms: 1000 };
const record: LogoutRecord = {
  version: 1,
  id,
  sessionKey: 'k',
  state: 'ended',
  cause: 'person',
  domain: 'd',
  principal: 'eric',
  decision: 'D1',
  beganAt: FAKE_START,
  giveUpAt: FAKE_START + 600_000,
  participants: [{ ...who, title: 'A', channel: 'back', outcome: 'pending', attempts: 0 }],
};

describe('the ledger in files, opened again', () => {
  it('knows what was unfinished, with every note, and nobody holds it', async () => {
    const { clock, folder, ledger } = await open();
    await ledger.write(record, lease);
    await ledger.note(id, who, { at: 5, attempted: true });
    const again = await openFileLogoutLedger({ folder, clock });
    expect(await again.unclaimed(10)).toEqual([id]);
    expect((await again.claim(id, { ...lease, node: 'node2' }))?.participants[0]).toMatchObject({ attempts: 1, at: 5 });
  });

  it('finds and lists what was finished', async () => {
    const { clock, folder, ledger } = await open();
    await ledger.write(record, lease);
    const finished = await ledger.note(id, who, { at: 5, outcome: 'confirmed' });
    await ledger.close();
    const again = await openFileLogoutLedger({ folder, clock });
    expect(await again.unclaimed(10)).toEqual([]);
    expect(await again.find(id)).toEqual(finished?.record);
    expect(await again.list(10)).toEqual([finished?.record]);
    expect(await readdir(join(folder, 'open'))).toEqual([]);
  });

  it('passes over a line that a crash cut off, and a file that is no record', async () => {
    const { clock, folder, ledger } = await open();
    await ledger.write({ ...record, participants: [] }, lease);
    await appendFile(join(folder, '2026-01-01.jsonl'), '{"version":1,"id":"01H');
    await writeFile(join(folder, 'open', '01HZZZZZZZZZZZZZZZZZZZZZ02.json'), '{').catch(() => undefined);
    const again = await openFileLogoutLedger({ folder, clock });
    expect((await again.list(10)).map((one) => one.id)).toEqual([id]);
  });

  it('removes the days that nobody has to keep', async () => {
    const { clock, folder, ledger } = await open();
    await ledger.write({ ...record, participants: [] }, lease);
    clock.advance(logoutsKeptMs + 2 * 24 * 3600_000);
    await openFileLogoutLedger({ folder, clock });
    expect(await readdir(folder)).not.toContain('2026-01-01.jsonl');
  });
});

describe('the files of the ledger', () => {
  it('are for the eyes of the server only', async () => {
    const { folder, ledger } = await open();
    await ledger.write({ ...record, participants: [] }, lease);
    expect((await stat(join(folder, '2026-01-01.jsonl'))).mode & 0o077).toBe(0);
  });

  it('that cannot be written are a store that is away', async () => {
    const { folder, ledger } = await open();
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    expect(await rejectionOf(ledger.write(record, lease))).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('are never named by what is no id', async () => {
    const { folder } = await open();
    await expect(createLogoutFiles(folder).removeOpen('../../x')).rejects.toThrow(TypeError);
  });
});
