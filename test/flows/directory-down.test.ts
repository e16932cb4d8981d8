/** @module A security domain whose directory is behind packets that are dropped, with the time-outs of the product. */
import { afterAll, describe, expect, it } from 'vitest';
import { ldapExtended } from '../../login-modules/ldap-extended.ts';
import { usersRoles } from '../../login-modules/users-roles.ts';
import { createDirectories } from '../../src/adapters/ldap/directories.ts';
import { systemClock, systemRandom } from '../../src/adapters/system-clock.ts';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import { createSecurityDomain, type StackModule } from '../../src/engine/security-domain.ts';
import type { ControlFlag } from '../../src/spi/login-module.ts';
import type { LoginResult, SecurityDomain } from '../../src/spi/security-domain.ts';
import { password } from '../support/plugin-evidence.ts';
import { pluginServices } from '../support/plugin-services.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';
import { openBlackHole } from '../support/servers/black-hole.ts';

const blackHole = await openBlackHole();
const directories = createDirectories(systemClock);
const domains: SecurityDomain[] = [];
afterAll(async () => {
  await Promise.all(domains.map((domain) => domain.close()));
  await directories.close();
  await blackHole.close();
});

const services = () =>
  pluginServices({
    openDirectory: directories.open,
    files: { 'users.properties': 'eric=secret\n', 'roles.properties': 'eric=all\n' },
  });
const ldap = { 'java.naming.provider.url': blackHole.url, baseCtxDN: 'dc=example,dc=com', baseFilter: '(uid={0})' };

async function open(name: string, flags: { readonly ldap?: ControlFlag; readonly files?: ControlFlag }) {
  const modules: StackModule[] = [];
  const add = async (flag: ControlFlag, code: string, module: StackModule['module']) =>
    void modules.push({ name: code, code, flag, module, stacking: false });
  if (flags.ldap !== undefined) await add(flags.ldap, 'LdapExtended', await ldapExtended.create(ldap, services()));
  if (flags.files !== undefined) await add(flags.files, 'UsersRoles', await usersRoles.create({}, services()));
  const parts = { clock: systemClock, random: systemRandom };
  const audit = createAuditTrail({ ...parts, providers: [createRecordingAuditor()], node: 'node1' });
  const domain = createSecurityDomain({
    ...parts,
    name,
    modules,
    audit,
    configRevision: 'r1',
    defaultDeadlineMs: 5000,
  });
  domains.push(domain);
  return (username = 'eric'): Promise<LoginResult> =>
    domain.login(password(username, 'secret'), { sourceAddress: '192.0.2.1', mechanism: 'FORM' });
}
const steps = ({ trace }: LoginResult) => trace.modules.map(({ code, outcome, reason }) => [code, outcome, reason]);

describe('a login that needs a directory whose packets are dropped', () => {
  it('is refused as unavailable, and the trace names the store', async () => {
    const login = await open('needs-it', { ldap: 'required' });
    const result = await login();
    expect(result).toMatchObject({ status: 'denied', reason: 'unavailable' });
    expect(steps(result)).toEqual([['LdapExtended', 'unavailable', 'ERR_STORE_UNAVAILABLE']]);
  });

  it.each(['sufficient', 'optional'] as const)('goes on after a %s module to one that lets in', async (flag) => {
    const login = await open(`after-${flag}`, { ldap: flag, files: 'sufficient' });
    const result = await login();
    expect(result.status).toBe('authenticated');
    expect(steps(result)).toEqual([
      ['LdapExtended', 'unavailable', 'ERR_STORE_UNAVAILABLE'],
      ['UsersRoles', 'succeeded', undefined],
    ]);
  });

  it('is not waited for again and again', async () => {
    const login = await open('again', { ldap: 'sufficient', files: 'sufficient' });
    await Promise.all(Array.from({ length: 8 }, () => login()));
    expect(steps(await login())[0]).toEqual(['LdapExtended', 'skipped', 'ERR_CIRCUIT_OPEN']);
  });

  it('keeps no other domain waiting', async () => {
    const slow = await open('slow', { ldap: 'required' });
    const other = await open('other', { files: 'required' });
    const order: string[] = [];
    const waiting = Promise.all(Array.from({ length: 20 }, () => slow().then(() => order.push('slow'))));
    for (let time = 0; time < 20; time += 1) {
      await other();
      order.push('other');
    }
    await waiting;
    expect(order).toEqual([...Array.from({ length: 20 }, () => 'other'), ...Array.from({ length: 20 }, () => 'slow')]);
  });
});
