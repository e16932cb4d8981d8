/** @module Login module RealmDirect: what a security realm says, as a module's outcome. */
import { describe, expect, it } from 'vitest';
import { realmDirect } from '../../login-modules/realm-direct.ts';
import { propertiesRealm } from '../../realms/properties.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { DigestEvidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { SecurityRealm } from '../../src/spi/security-realm.ts';
import { buildDigestResponse, buildHa1 } from '../../src/wire/http-digest.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';

async function services(realm = 'ApplicationRealm') {
  const files = {
    'users.properties': `alice=${buildHa1('alice', realm, 'secret')}\n`,
    'roles.properties': 'alice=guest, admin\n',
  };
  const house = pluginServices({ files });
  const options = { users: 'users.properties', groups: 'roles.properties' };
  return pluginServices({ realms: [await propertiesRealm.create(options, { ...house, realm })] });
}

/** Down, as a directory server may be. */
class UnavailableRealm implements SecurityRealm {
  readonly name = 'ApplicationRealm';
  identity(): Promise<never> {
    return Promise.reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'down'));
  }
}

loginModuleConformance({
  factory: realmDirect,
  options: { 'password-stacking': 'useFirstPass' },
  services,
  accepted: { evidence: password('alice', 'secret'), name: 'alice', roles: ['guest', 'admin'] },
  refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'secret') },
  otherKinds: ['digest'],
});

describe('RealmDirect', () => {
  const shown = { ...(evidenceOfEachKind.digest as DigestEvidence), username: 'alice' };
  const ha1 = buildHa1('alice', 'ApplicationRealm', 'secret');
  const digest: DigestEvidence = { ...shown, response: new Secret(buildDigestResponse(ha1, shown)) };

  it('has digests verified by the realm', async () => {
    const module = await realmDirect.create({}, await services());
    expect((await module.login(loginContext(digest))).status).toBe('succeeded');
  });

  it('fails on a digest that was made for another realm', async () => {
    const module = await realmDirect.create({}, await services());
    const foreign = { ...digest, realm: 'ManagementRealm' };
    expect(await module.login(loginContext(foreign))).toMatchObject({ status: 'failed', reason: 'bad-credential' });
  });

  it('asks the realm that its option names', async () => {
    const module = await realmDirect.create({ realm: 'Other' }, await services('Other'));
    expect((await module.login(loginContext(password('alice', 'secret')))).status).toBe('succeeded');
  });

  it('stops the start when there is no such realm', async () => {
    await expect(realmDirect.create({ realm: 'None' }, await services())).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
  });

  it('cannot ask while the realm is down', async () => {
    const module = await realmDirect.create({}, pluginServices({ realms: [new UnavailableRealm()] }));
    await expect(module.login(loginContext(password('alice', 'secret')))).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });

  it('gives a connection that Remoting has taken over its roles', async () => {
    const module = await realmDirect.create({}, await services());
    const evidence = { ...evidenceOfEachKind.connection, username: 'alice' };
    const shared = new RecordingSharedState({ name: 'alice', evidence });
    const outcome = await module.login(loginContext(evidence, { shared }));
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: ['guest', 'admin'] } });
  });
});
