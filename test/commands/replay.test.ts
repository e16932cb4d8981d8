/** @module `gatehouse replay` on audit files that real domains have written. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revisionOf } from '../../src/config/load.ts';
import { buildAuditRecord } from '../../src/wire/audit/record.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { decisionTrace, moduleStep } from '../support/decision-trace.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const before = `security-domains:
  people:
    authentication:
      - { code: UsersRoles, flag: sufficient }
      - { code: Disabled, flag: optional }
`;
const revision = revisionOf(before);
const modules = [
  moduleStep({ flag: 'sufficient' }),
  moduleStep({ code: 'Disabled', name: 'Disabled', flag: 'optional', outcome: 'failed', principals: [], roles: [] }),
];
const login = (principal: string) => {
  const trace = decisionTrace({
    domain: 'people',
    configRevision: revision,
    outcome: 'authenticated',
    principal,
    roles: ['all', 'AB'],
    modules: modules.map((step) => ({ ...step, principals: step.outcome === 'succeeded' ? [principal] : [] })),
  });
  return buildAuditRecord(auditEvent({ principal, trace }));
};

let home: TempFolder;
beforeAll(async () => {
  home = await makeTempFolder('replay');
  await mkdir(join(home.path, 'configuration'));
  await writeFile(join(home.path, 'configuration', 'gatehouse.yaml'), before);
  await writeFile(join(home.path, 'audit.jsonl'), `${login('eric')}\n${login('amar')}\n${login('eric')}\n`);
});
afterAll(() => home.remove());

async function replay(after: string, ...more: readonly string[]) {
  const file = join(home.path, 'new.yaml');
  await writeFile(file, after);
  return gatehouse('replay', join(home.path, 'audit.jsonl'), '--home', home.path, '--config', file, ...more);
}

describe('gatehouse replay', () => {
  it('ends with 0 where nothing would change', async () => {
    const { code, stdout } = await replay(`${before}node: another\n`.replace('node: another\n', '# a comment\n'));
    expect([code, stdout]).toEqual([0, '3 logins: 3 the same, 0 would change, 0 cannot be told.\n']);
  });

  it('counts who would be refused, and says why', async () => {
    const { code, stdout } = await replay(
      before.replace('flag: optional', 'flag: required').replace('sufficient', 'optional'),
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      logins: 3,
      same: 0,
      changes: 3,
      unknown: 0,
      causes: [
        {
          domain: 'people',
          status: 'changes',
          effect: 'would be refused',
          because:
            'required Disabled says no (UsersRoles is optional instead of sufficient; Disabled is required instead of optional)',
          logins: 3,
          principals: ['amar', 'eric'],
        },
      ],
    });
  });

  it('does not guess what a module with other options would say', async () => {
    const after = before.replace(
      'flag: sufficient }',
      'flag: sufficient, module-options: { ignorePasswordCase: true } }',
    );
    const { code, stdout } = await replay(after);
    expect(code).toBe(1);
    expect(stdout).toContain('0 would change, 3 cannot be told');
    expect(stdout).toContain('because UsersRoles would have to be asked: its options have changed\n    amar, eric');
  });

  it('says that the configuration of then is not at hand, and takes it by --before', async () => {
    const current = join(home.path, 'configuration', 'gatehouse.yaml');
    const old = join(home.path, 'old.yaml');
    await writeFile(old, await readFile(current));
    await writeFile(current, `${before}# changed since\n`);
    try {
      expect((await replay(`${before}# new\n`)).output).toContain(`The configuration ${revision} is not at hand`);
      expect(await replay(`${before}# new\n`, '--before', old)).toMatchObject({ code: 0 });
    } finally {
      await writeFile(current, before);
    }
  });

  it('ends with 1, and says where, when the new configuration is wrong', async () => {
    const { code, output } = await replay(before.replace('code: Disabled', 'code: Disabeld'));
    expect(code).toBe(1);
    expect(output).toContain('new.yaml:5:17');
    expect(output).toContain('did you mean "Disabled"?');
  });

  it('ends with 3 on a file that is no audit file, where nothing to change would be untrue', async () => {
    const other = join(home.path, 'other.jsonl');
    await writeFile(other, 'root:x:0:0\n');
    const file = join(home.path, 'configuration', 'gatehouse.yaml');
    const { code, output } = await gatehouse('replay', other, '--home', home.path, '--config', file);
    expect([code, output]).toEqual([3, `gatehouse replay: no line of ${other} is an audit record.\n`]);
  });

  it('says how many lines it could not read', async () => {
    const torn = join(home.path, 'torn.jsonl');
    await writeFile(torn, `${login('eric')}\n{"trace":`);
    const file = join(home.path, 'configuration', 'gatehouse.yaml');
    const { code, output } = await gatehouse('replay', torn, '--home', home.path, '--config', file);
    expect(code).toBe(0);
    expect(output).toContain('Lines that are no audit records, and were passed over: 1.');
  });

  it.each([['missing.yaml'], ['configuration']])(
    'ends with 3 where the new configuration is %s, which cannot be read',
    async (name) => {
      const args = [join(home.path, 'audit.jsonl'), '--home', home.path, '--config', join(home.path, name)];
      expect(await gatehouse('replay', ...args)).toMatchObject({ code: 3, stdout: '' });
    },
  );

  it.each([[[]], [['x.jsonl']], [['--config', 'x']]])('ends with 2 on %j', async (args) => {
    expect(await gatehouse('replay', ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});
