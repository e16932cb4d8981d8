/** @module Login module Remoting: the user of the connection, and nothing else. */
import { describe, expect, it } from 'vitest';
import { remoting } from '../../login-modules/remoting.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { allEvidenceKinds, hostileNames } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: remoting,
  options: { 'password-stacking': 'useFirstPass' },
  services: () => pluginServices(),
  accepted: {
    evidence: { kind: 'connection', username: 'alice', realm: 'ApplicationRealm' },
    name: 'alice',
    roles: [],
  },
  ignoredKinds: allEvidenceKinds.filter((kind) => kind !== 'connection'),
});

describe('Remoting', () => {
  it('makes the user of the connection the caller principal', async () => {
    const module = await remoting.create({}, pluginServices());
    const evidence = { kind: 'connection', username: 'alice', realm: 'ApplicationRealm' } as const;
    expect(await module.login(loginContext(evidence))).toMatchObject({
      contribution: { callerPrincipal: { name: 'alice', type: 'user' } },
    });
  });

  it.each(hostileNames.filter(([, name]) => /\p{Cc}/u.test(name)))(
    'refuses a connection with %s',
    async (_, username) => {
      const module = await remoting.create({}, pluginServices());
      const evidence = { kind: 'connection', username, realm: 'ApplicationRealm' } as const;
      expect(await module.login(loginContext(evidence))).toMatchObject({ status: 'failed', reason: 'malformed-name' });
    },
  );

  it('takes useClientCert only as false', () => {
    expect(remoting.options.safeParse({ useClientCert: 'false' }).success).toBe(true);
    expect(remoting.options.safeParse({ useClientCert: true }).success).toBe(false);
  });
});
