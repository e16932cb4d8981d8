/** @module The JDK's own password-based encryption, as the JDK has done it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decryptPbeWithMd5AndDes, decryptPbeWithMd5AndTripleDes } from '../../../src/wire/java/pbe.ts';
import { projectRoot } from '../../architecture/planted-tree.ts';

const vectors = readFileSync(join(projectRoot, 'test/fixtures/jboss-vault/masks.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('3des'))
  .map((line) => line.split('\t'));

function parametersOf([, password = '', salt = '', iterations]: readonly string[]) {
  return { password: Buffer.from(password), salt: Buffer.from(salt, 'hex'), iterations: Number(iterations) };
}

it.each(vectors)('opens what the JDK has sealed: %s %s, salt %s, %s rounds, %s', (...vector) => {
  const [, , , , text, sealed = ''] = vector;
  const opened = decryptPbeWithMd5AndTripleDes(Buffer.from(sealed, 'hex'), parametersOf(vector));
  expect(Buffer.from(opened ?? []).toString()).toBe(text);
});

it.each([
  ['nothing', ''],
  ['half a block', '01020304'],
])('gives nothing for %s', (_, hex) => {
  const parameters = parametersOf(vectors[0] ?? []);
  expect(decryptPbeWithMd5AndTripleDes(Buffer.from(hex, 'hex'), parameters)).toBeUndefined();
  expect(decryptPbeWithMd5AndDes(Buffer.from(hex, 'hex'), parameters)).toBeUndefined();
});

it('gives nothing when the padding is not whole', () => {
  const [first = []] = vectors;
  const sealed = Buffer.from(first[5] ?? '', 'hex');
  expect(decryptPbeWithMd5AndTripleDes(sealed.subarray(0, 8), parametersOf(first))).toBeUndefined();
});
