/** @module Which files of a machine a configuration of JBoss can have copied, and which not. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jbossFiles } from '../../src/adapters/jboss-files.ts';

let root: string;
let configuration: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'gatehouse-jboss-files-')));
  configuration = join(root, 'standalone', 'configuration');
  await mkdir(configuration, { recursive: true });
  await mkdir(join(root, 'shared'));
  await writeFile(join(configuration, 'users.properties'), 'eric=x');
  await writeFile(join(root, 'standalone', 'server.keystore'), 'x');
  await writeFile(join(root, 'shared', 'users.properties'), 'amar=x');
  await symlink(join(root, 'shared', 'users.properties'), join(configuration, 'linked.properties'));
  await symlink(root, join(root, 'by-another-name'));
});
afterAll(() => rm(root, { recursive: true }));

const outside = { problem: expect.stringContaining('outside of the folders of JBoss') };

describe('a file of a JBoss server', () => {
  it('is read from its configuration folder and from the folder above that', () => {
    const files = jbossFiles(configuration);
    expect(files.read('users.properties')).toMatchObject({ source: join(configuration, 'users.properties') });
    expect(files.read('../server.keystore')).toMatchObject({ source: join(root, 'standalone', 'server.keystore') });
  });

  it.each(['/etc/passwd', '../../shared/users.properties', 'linked.properties'])(
    'is not read from elsewhere: %s',
    (path) => {
      expect(jbossFiles(configuration).read(path)).toEqual(outside);
    },
  );

  it('is read from a folder that was given with the command', () => {
    const files = jbossFiles(configuration, ['a value', join(root, 'shared')]);
    expect(files.read('linked.properties')).toMatchObject({ bytes: Buffer.from('amar=x') });
  });

  it('is missed where it is not, whichever way leads there', () => {
    const files = jbossFiles(join(root, 'by-another-name', 'standalone', 'configuration'));
    expect(files.read('none.properties')).toEqual({ problem: 'there is no such file' });
    expect(files.read('users.properties')).toMatchObject({ bytes: Buffer.from('eric=x') });
  });
});
