/** @module examples/active-directory: a real server and a real Active Directory by LDAPS. */
import { afterAll, describe, expect, it } from 'vitest';
import { startExample } from '../support/example-server.ts';
import { startSamba } from '../support/servers/samba.ts';
import { adPassword } from '../support/servers/samba-people.ts';

const samba = await startSamba();
const server = await startExample('active-directory', {
  files: { 'directory-ca.pem': samba.ca },
  environment: { DIRECTORY_URL: samba.secureUrl, DIRECTORY_PASSWORD: adPassword },
});
afterAll(async () => {
  await server.close();
  await samba.close();
});

/** Each page names its own. */
const decisionId = /\b[0-9A-HJKMNP-TV-Z]{26}\b/g;

describe('the example active-directory', () => {
  it('lets a member of a member of a group in, with all groups', async () => {
    const response = await server.ask('hnelson', adPassword);
    expect([response.status, await response.text()]).toEqual([200, 'report']);
    const roles = String(server.lastSeen()?.['x-remote-roles']).split(',').map(decodeURIComponent);
    expect(roles).toEqual(expect.arrayContaining(['ops', 'admins', 'staff', 'Domain Users']));
  });

  it('lets nobody in who is not a member', async () => {
    expect((await server.ask('sso', adPassword)).status).toBe(403);
  });

  it.each([
    ['off', 'the directory does not let this account in'],
    ['new', 'the password has expired or must be changed'],
  ])('tells support why %s is refused, and everybody else nothing', async (name, note) => {
    const shown = async (username: string, password: string) => {
      const response = await server.ask(username, password);
      return [response.status, (await response.text()).replace(decisionId, 'id')];
    };
    expect(await shown('hnelson', 'wrong')).toEqual(await shown(name, adPassword));
    expect(server.lastDecision()).toContain(`account-disabled: ${note}`);
  });
});
