/** @module The surprises of JBoss's auditing (jboss-facts §15): what protects from each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startInProcess } from '../support/in-process-server.ts';

const configuration = `
security-domains:
  other: { authentication: [ { code: Simple, flag: required } ] }
applications:
  shop:
    security-domain: other
    mechanisms: [ BASIC ]
    upstream: http://127.0.0.1:9
    constraints: [ { path: /*, roles: [ '**' ] } ]
`;

let server: Awaited<ReturnType<typeof startInProcess>>;
beforeAll(async () => {
  server = await startInProcess({ files: { 'gatehouse.yaml': configuration } });
  const authorization = `Basic ${Buffer.from('alice:walnut-Ledger-77').toString('base64')}`;
  const body = new URLSearchParams({ j_username: 'alice', j_password: 'walnut-Ledger-78' });
  const url = `${server.url}/shop/basket?token=walnut-Ledger-79`;
  await fetch(url, { method: 'POST', headers: { authorization, cookie: 'JSESSIONID=walnut-Ledger-80' }, body });
});
afterAll(() => server.stop());

describe('auditing', () => {
  it('is on where nothing is said of it (46: JBoss logs nothing at its default level)', () => {
    const records = readFileSync(server.auditFile, 'utf8').split('\n').slice(0, -1);
    expect(records.map((line) => JSON.parse(line).type)).toContain('login');
  });

  it('holds neither form fields nor Authorization, cookies or the query (48: JBoss writes all of them)', () => {
    for (const file of [server.auditFile, join(server.auditFile, '..', 'server.log')]) {
      const text = readFileSync(file, 'utf8');
      expect(text).not.toContain('walnut-Ledger');
      expect(text).not.toContain(Buffer.from('alice:walnut-Ledger-77').toString('base64'));
    }
  });
});
