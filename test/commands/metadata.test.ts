import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readIdpMetadata } from '../../src/wire/saml/metadata-reader.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { writeHome } from '../support/gatehouse-home.ts';
import { makeKeyPair } from '../support/keys.ts';
import { entity, key, simpleAcs } from '../support/sp-metadata.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

async function folderOf(files: Readonly<Record<string, string>>) {
  const { path, remove } = await makeTempFolder('metadata');
  onTestFinished(remove);
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

describe('gatehouse metadata lint', () => {
  it('ends with 0 for good metadata', async () => {
    const folder = await folderOf({ 'sp.xml': entity() });
    expect(await gatehouse('metadata', 'lint', join(folder, 'sp.xml'))).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 entity, nothing wrong.'),
    });
  });

  it('ends with 1 for bad metadata and says what, whose fault it is and what to do', async () => {
    const folder = await folderOf({ 'sp.xml': entity({ role: '' }) });
    const { code, output } = await gatehouse('metadata', 'lint', join(folder, 'sp.xml'));
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        /error acs-missing · https:\/\/sp\.example\.com\n.*\n {2}whose fault: the partner .*\n {2}fix: /,
      ),
    ]);
  });

  it('finds what the OASIS schema has against it', async () => {
    const folder = await folderOf({ 'sp.xml': entity({ after: '<md:Wrong/>' }) });
    const { output } = await gatehouse('metadata', 'lint', join(folder, 'sp.xml'), '--json');
    expect(JSON.parse(output)).toMatchObject({ entities: 1, findings: [{ code: 'schema-invalid', level: 'error' }] });
  });

  it.each([
    [3, ['lint', '/nowhere/sp.xml']],
    [3, ['lint', 'http://127.0.0.1:9/metadata']],
    [2, ['lint']],
    [2, ['lint', 'a.xml', '--as', 'op']],
    [2, ['lint', 'a.xml', '--at', 'now']],
    [2, ['show', '--encrypt']],
    [2, ['frob']],
  ])('ends with %s for %j', async (code, args) => {
    expect(await gatehouse('metadata', ...args)).toMatchObject({ code });
  });
});

describe('the metadata of a home', () => {
  it('is ours as it is served, and that of the partners with their keys', async () => {
    const { path: home, remove } = await makeTempFolder('metadata');
    onTestFinished(remove);
    await writeHome(home, {
      partners: [{ file: 'sp.xml', metadata: entity({ role: key(makeKeyPair('rsa')) + simpleAcs }) }],
    });
    const shown = await gatehouse('metadata', 'show', '--home', home);
    expect(readIdpMetadata(shown.output)).toMatchObject([{ entityId: 'http://localhost:8080/saml/idp' }]);
    const listed = await gatehouse('metadata', 'partners', '--home', home, '--json');
    expect(JSON.parse(listed.output)).toMatchObject([
      {
        state: { kind: 'metadata', name: 'sp.xml', pinned: false, from: 'file', partners: 1 },
        partners: [
          { entityId: 'https://sp.example.com', keys: [expect.stringMatching(/^rsa 2048 sha256:[0-9a-f]{16}$/)] },
        ],
      },
    ]);
  });
});
