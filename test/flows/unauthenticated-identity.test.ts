/** @module Callers who have shown nothing, and mechanism stacks of a domain, through the whole server to an application behind it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echoed, startEchoApplication } from '../support/echo-application.ts';
import { exchange } from '../support/http-client.ts';
import { startInProcess } from '../support/in-process-server.ts';

const application = await startEchoApplication();
afterAll(() => application.stop());

const upstream = `upstream: '${application.origin}'`;
const yaml = `
security-domains:
  guests:
    authentication:
      - { code: UsersRoles, flag: required, module-options: { unauthenticatedIdentity: guest } }
  strict:
    authentication: [ { code: UsersRoles, flag: required } ]
  staff:
    authentication-jaspi:
      login-module-stacks:
        users: [ { code: UsersRoles, flag: required } ]
        others: [ { code: Simple, flag: required, module-options: { unauthenticatedIdentity: passer-by } } ]
      auth-modules:
        - { code: HTTPClientCertServerAuthModule, flag: sufficient, login-module-stack-ref: others }
        - { code: BASIC, flag: required, login-module-stack-ref: users, module-options: { realm-name: Staff } }
applications:
  guests:
    security-domain: guests
    mechanisms: [{ name: BASIC, realm-name: Guests }]
    ${upstream}
    constraints: [ { path: /visitors/*, roles: [visitor] }, { path: /any/*, roles: ['**'] } ]
  strict: { security-domain: strict, mechanisms: [BASIC], ${upstream} }
  staff: { security-domain: staff, ${upstream}, constraints: [ { path: /secure/*, roles: [reader] } ] }
`;
const files = {
  'gatehouse.yaml': yaml,
  'users.properties': 'eric=secret\n',
  'roles.properties': 'guest=visitor\neric=reader\n',
};

let server: Awaited<ReturnType<typeof startInProcess>>;
beforeAll(async () => {
  server = await startInProcess({ files });
});
afterAll(() => server?.stop());

const get = (path: string, headers: Record<string, string> = {}) => exchange(`${server.url}${path}`, { headers });
const seen = async (path: string, headers: Record<string, string> = {}) =>
  (JSON.parse((await get(path, headers)).text) as Echoed).headers;
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const logins = () =>
  readFileSync(server.auditFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'login');

describe('jboss-facts §15 no. 5: only who shows nothing at all is the unauthenticatedIdentity', () => {
  it('who shows nothing has the name, and the roles that the store has for it, where everybody may pass', async () => {
    const headers = await seen('/guests/open');
    expect(headers).toMatchObject({
      'x-remote-user': 'guest',
      'x-remote-roles': 'visitor',
      'x-remote-anonymous': 'true',
    });
  });

  it('and is on record as having shown nothing', async () => {
    await seen('/guests/open');
    expect(logins().at(-1)).toMatchObject({
      principal: 'guest',
      application: 'guests',
      trace: { evidence: 'anonymous', mechanism: 'none' },
    });
  });

  it.each(['/guests/visitors/x', '/guests/any/x'])(
    'is let in by no role, not even one that it has: %s',
    async (path) => {
      expect((await get(path)).status).toBe(401);
    },
  );

  it('an empty name with an empty password is refused', async () => {
    expect((await get('/guests/open', basic('', ''))).status).toBe(401);
  });

  it('an empty password is refused', async () => {
    expect((await get('/guests/open', basic('guest', ''))).status).toBe(401);
  });

  it('who signs in is himself', async () => {
    const headers = await seen('/guests/open', basic('eric', 'secret'));
    expect([headers['x-remote-user'], headers['x-remote-anonymous']]).toEqual(['eric', undefined]);
  });

  it('cannot be claimed or denied by a header field', async () => {
    const headers = await seen('/strict/open', { 'x-remote-user': 'guest', 'x-remote-anonymous': 'true' });
    expect([headers['x-remote-user'], headers['x-remote-anonymous']]).toEqual([undefined, undefined]);
  });

  it("leaves the application's own Authorization field alone", async () => {
    expect((await seen('/guests/open', { authorization: 'Bearer abc' }))['authorization']).toBe('Bearer abc');
  });

  it('nobody has a name where no module gives one', async () => {
    expect(await seen('/strict/open')).not.toHaveProperty('x-remote-user');
  });
});

describe('an application without mechanisms', () => {
  it('asks by those of its domain, with their options', async () => {
    const reply = await get('/staff/secure/x');
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, 'Basic realm="Staff", charset="UTF-8"']);
  });

  it('has their evidence decided by the stack that each names', async () => {
    expect((await get('/staff/secure/x', basic('eric', 'secret'))).status).toBe(200);
    // Simple, the other stack, would take the name for the password.
    expect((await get('/staff/secure/x', basic('eric', 'eric'))).status).toBe(401);
  });

  it('leaves the mechanisms in the trace, with their lines', async () => {
    await get('/staff/secure/x', basic('eric', 'secret'));
    expect(logins().at(-1)?.trace.mechanisms).toMatchObject([
      { mechanism: 'CLIENT-CERT', flag: 'sufficient', outcome: 'not-attempted', place: { line: 14 } },
      { mechanism: 'BASIC', flag: 'required', outcome: 'evidence', place: { line: 15 } },
    ]);
  });

  it('names anonymous callers by the first stack that can', async () => {
    expect((await seen('/staff/open'))['x-remote-user']).toBe('passer-by');
  });
});
