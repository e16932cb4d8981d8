/** @module Lines of configuration as explain shows them: of the right revision, and without what could be a secret. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../src/adapters/home-folder.ts';
import { keepRevision, sourceLines, textOfRevision } from '../../src/commands/configuration-lines.ts';
import { revisionOf } from '../../src/config/load.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const place = (line: number) => ({ file: 'gatehouse.yaml', line });

describe('the text of a revision', () => {
  it('is found in the history after the configuration has changed', async () => {
    await using folder = await makeTempFolder('history');
    const home = await openHome(folder.path);
    const file = join(folder.path, 'configuration', 'gatehouse.yaml');
    await writeFile(file, 'node: one\n');
    await keepRevision(home, revisionOf('node: one\n'));
    await writeFile(file, 'node: two\n');
    expect(await textOfRevision(home, revisionOf('node: one\n'))).toBe('node: one\n');
    expect(await textOfRevision(home, revisionOf('node: two\n'))).toBe('node: two\n');
  });

  it('is not one that somebody has changed in the history', async () => {
    await using folder = await makeTempFolder('history');
    const home = await openHome(folder.path);
    const revision = revisionOf('node: one\n');
    await mkdir(join(folder.path, 'configuration/history'), { recursive: true });
    await writeFile(join(folder.path, `configuration/history/${revision}.yaml`), 'node: forged\n');
    expect(await textOfRevision(home, revision)).toBeUndefined();
  });

  it.each(['../../etc/passwd', 'x', ''])('is never looked for under the name %j', async (revision) => {
    await using folder = await makeTempFolder('history');
    expect(await textOfRevision(await openHome(folder.path), revision)).toBeUndefined();
  });
});

describe('a line', () => {
  it.each([
    [
      '  - { code: Ldap, flag: required, module-options: { bindCredential: hunter2 } }',
      '- { code: Ldap, flag: required, module-options: …',
    ],
    ['  - { code: File, "options": { key: hunter2 } }', '- { code: File, "options": …'],
    ['- code: UsersRoles # hunter2', '- code: UsersRoles'],
    ['      - { path: /secure/*, roles: [all] }', '- { path: /secure/*, roles: [all] }'],
  ])('is shown without options and comments: %s', (written, shown) => {
    expect(sourceLines(written)(place(1))).toBe(shown);
  });

  it('is not shown of another file, or beyond the end', () => {
    expect(sourceLines('a')({ file: 'other.yaml', line: 1 })).toBeUndefined();
    expect(sourceLines('a')(place(2))).toBeUndefined();
  });
});
