/** @module The last look of a run at everything that was written: it finds a secret that was planted, in each form. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findLeaks, refuseLeaks } from '../support/secrets.ts';

const password = 'copper "Lagoon" 63';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-leak-'));
  mkdirSync(join(folder, 'written', 'log'), { recursive: true });
  writeFileSync(
    join(folder, 'secrets.jsonl'),
    `${JSON.stringify({ name: 'the password of carol', value: password })}\n`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(join(folder, 'written', 'log', 'audit.jsonl'), text);

describe('the look for secrets', () => {
  test.each([
    ['as it is', password],
    ['in JSON', JSON.stringify({ principal: password })],
    ['in a form', `j_password=${encodeURIComponent(password)}&x=1`],
    ['in base64', Buffer.from(password).toString('base64')],
    ['in hexadecimal', Buffer.from(password).toString('hex')],
  ])('finds a planted one %s', (_, text) => {
    write(`{"id":1}\n${text}\n`);
    expect(findLeaks(folder)).toEqual([{ file: join('log', 'audit.jsonl'), secret: 'the password of carol' }]);
  });

  test('fails the run with the file and the name of the secret, and not with the secret', () => {
    write(`{"id":1}\n${password}\n`);
    expect(() => refuseLeaks(folder)).toThrow(/audit\.jsonl: the password of carol/);
    expect(() => refuseLeaks(folder)).not.toThrow(/Lagoon/);
  });

  test('lets pass what holds none', () => {
    write('{"principal":"carol"}\n');
    expect(() => refuseLeaks(folder)).not.toThrow();
  });
});
