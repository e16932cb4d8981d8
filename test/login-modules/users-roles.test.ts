/** @module Login module UsersRoles: passwords and roles out of property files, as JBoss reads them. */
import { describe, expect, it } from 'vitest';
import { usersRoles } from '../../login-modules/users-roles.ts';
import { Secret } from '../../src/spi/secret.ts';
import { hashArgon2 } from '../../src/wire/argon2.ts';
import { buildDigestResponse, buildHa1 } from '../../src/wire/http-digest.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';

const files = {
  'users.properties': 'alice=secret\nbob.b=\\u0159eho\\u0159\nempty=\n',
  'roles.properties':
    'alice=all, AB\nalice.Roles=extra\nalice.CallerPrincipal=Alice\nalice.Other=r9\nbob.b.Roles=all\ncarol=boss\n',
};

loginModuleConformance({
  factory: usersRoles,
  options: { 'password-stacking': 'useFirstPass' },
  services: () => pluginServices({ files }),
  accepted: { evidence: password('alice', 'secret'), name: 'alice', roles: ['all', ' AB', 'extra'] },
  refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'secret') },
});

async function login(
  options: Readonly<Record<string, unknown>>,
  evidence: Parameters<typeof loginContext>[0],
  texts: Readonly<Record<string, string>> = files,
) {
  const module = await usersRoles.create(options, pluginServices({ files: texts }));
  return module.login(loginContext(evidence));
}

describe('UsersRoles', () => {
  it('does not trim role names, as JBoss does not', async () => {
    const outcome = await login({}, password('alice', 'secret'));
    expect(outcome).toMatchObject({ contribution: { roles: ['all', ' AB', 'extra'] } });
  });

  it('gives the caller principal and other groups', async () => {
    const outcome = await login({}, password('alice', 'secret'));
    expect(outcome).toMatchObject({
      contribution: { callerPrincipal: { name: 'Alice', type: 'user' }, groups: { Other: ['r9'] } },
    });
  });

  it('knows users whose name has the separator in it', async () => {
    const outcome = await login({}, password('bob.b', 'řehoř'));
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: ['all'] } });
  });

  it('refuses a user who is only in the roles file', async () => {
    expect(await login({}, password('carol', ''))).toMatchObject({ status: 'failed', reason: 'unknown-user' });
  });

  it('lets nobody in with an empty password', async () => {
    expect(await login({}, password('empty', ''))).toMatchObject({ status: 'failed', reason: 'bad-credential' });
  });

  it('takes another first character as separator', async () => {
    const texts = { ...files, 'roles.properties': 'alice-Roles=x\n' };
    const outcome = await login({ roleGroupSeperator: '-+' }, password('alice', 'secret'), texts);
    expect(outcome).toMatchObject({ contribution: { roles: ['x'] } });
  });

  it('uses the default files when there are no others', async () => {
    const texts = { 'defaultUsers.properties': 'dora=d\n', 'defaultRoles.properties': 'dora=r\n' };
    expect(await login({}, password('dora', 'd'), texts)).toMatchObject({ contribution: { roles: ['r'] } });
  });

  it('warns at start and cannot ask while there is no file, and heals when it is there', async () => {
    const services = pluginServices({ files: { 'roles.properties': '' } });
    const module = await usersRoles.create({}, services);
    expect(services.logger.warnings()).toHaveLength(1);
    await expect(module.login(loginContext(password('alice', 'secret')))).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
    services.files.set('users.properties', 'alice=secret\n');
    expect((await module.login(loginContext(password('alice', 'secret')))).status).toBe('succeeded');
  });

  it('cannot ask while the file that has appeared is malformed', async () => {
    const services = pluginServices({ files: { 'roles.properties': '' } });
    const module = await usersRoles.create({}, services);
    services.files.set('users.properties', 'alice=\\u12\n');
    await expect(module.login(loginContext(password('alice', 'secret')))).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });

  it('sees a change of the file at the next login', async () => {
    const services = pluginServices({ files });
    const module = await usersRoles.create({}, services);
    services.files.set('users.properties', 'alice=changed\n');
    expect((await module.login(loginContext(password('alice', 'changed')))).status).toBe('succeeded');
  });

  it('compares digests as hashAlgorithm and hashEncoding say', async () => {
    const texts = { ...files, 'users.properties': 'alice=K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=\n' };
    const outcome = await login(
      { hashAlgorithm: 'sha-256', hashEncoding: 'base64' },
      password('alice', 'secret'),
      texts,
    );
    expect(outcome.status).toBe('succeeded');
  });

  it('verifies an Argon2 hash whatever hashAlgorithm says', async () => {
    const phc = await hashArgon2(new Secret('secret'), new Uint8Array(16), { memoryKib: 64, passes: 1, lanes: 1 });
    const texts = { ...files, 'users.properties': `alice=${phc}\nbob=plain\n` };
    for (const options of [{}, { hashAlgorithm: 'MD5' }]) {
      expect((await login(options, password('alice', 'secret'), texts)).status).toBe('succeeded');
      expect((await login(options, password('alice', phc), texts)).status).toBe('failed');
      expect((await login(options, password('nobody', 'secret'), texts)).status).toBe('failed');
    }
  });

  it('publishes nothing when its deadline passes while it hashes', async () => {
    const phc = await hashArgon2(new Secret('secret'), new Uint8Array(16), { memoryKib: 64, passes: 1, lanes: 1 });
    const texts = { ...files, 'users.properties': `alice=${phc}\n` };
    const module = await usersRoles.create({}, pluginServices({ files: texts }));
    const shared = new RecordingSharedState();
    const deadline = new AbortController();
    const outcome = module.login(loginContext(password('alice', 'secret'), { shared, signal: deadline.signal }));
    deadline.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
    expect(shared.published).toEqual([]);
  });

  it('refuses at start an Argon2 string that it cannot verify, and names the line', async () => {
    const texts = { ...files, 'users.properties': 'bob=x\nalice=$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA\n' };
    await expect(login({}, password('alice', 'x'), texts)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      facts: { line: 2 },
    });
  });

  it('verifies hashes of every scheme in one file', async () => {
    const texts = {
      ...files,
      // crypt(3), slappasswd and Django have made these of "secret".
      'users.properties': [
        'a=$6$rounds=10000$saltsalt$WowrPBpEDVlCoruBosYlrZycTCx3//TyDHYqEhX9DUHHt0XTztUqzQDDUuvUGRA8aUe9p55hcAxeGcu58sm3u.',
        'b={SSHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv',
        'c={CLEARTEXT}secret',
        'd=secret',
      ].join('\n'),
    };
    for (const name of ['a', 'b', 'c', 'd']) {
      expect((await login({}, password(name, 'secret'), texts)).status).toBe('succeeded');
      expect(await login({}, password(name, 'Secret'), texts)).toMatchObject({ reason: 'bad-credential' });
    }
  });

  it('stops the start at a hash that it cannot verify instead of taking it for a password', async () => {
    const md5 = '$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/';
    const texts = { ...files, 'users.properties': `bob=x\nalice=${md5}\n` };
    await expect(login({}, password('alice', md5), texts)).rejects.toMatchObject({ facts: { line: 2 } });
  });

  it('names the scheme of such a hash', async () => {
    const yescrypt = '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7';
    const texts = { ...files, 'users.properties': `alice=${yescrypt}\n` };
    await expect(login({}, password('alice', 'x'), texts)).rejects.toMatchObject({
      message: 'yescrypt ($y$) is not supported',
    });
  });

  it('counts its users by scheme', async () => {
    const texts = { ...files, 'users.properties': 'a=x\nb=y\nc={SSHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv\n' };
    const module = await usersRoles.create({}, pluginServices({ files: texts }));
    expect(await module.passwordReport?.(new AbortController().signal)).toEqual([
      { store: 'file users.properties', schemes: { plain: 2, 'salted-sha1': 1 } },
    ]);
  });

  it('gives anonymous callers the name unauthenticatedIdentity with its roles, and does not publish it', async () => {
    const module = await usersRoles.create({ unauthenticatedIdentity: 'carol' }, pluginServices({ files }));
    const shared = new RecordingSharedState();
    const outcome = await module.login(loginContext(evidenceOfEachKind.anonymous, { shared }));
    expect(outcome).toMatchObject({ contribution: { identity: { name: 'carol' }, roles: ['boss'] } });
    expect(shared.published).toEqual([]);
  });

  it('does not give unauthenticatedIdentity to who shows an empty name and password', async () => {
    expect((await login({ unauthenticatedIdentity: 'carol' }, password('', ''))).status).toBe('failed');
  });

  it('gives a stacked identity its roles', async () => {
    const module = await usersRoles.create({}, pluginServices({ files }));
    const shared = new RecordingSharedState({ name: 'carol', evidence: evidenceOfEachKind.negotiate });
    const outcome = await module.login(loginContext(evidenceOfEachKind.negotiate, { shared }));
    expect(outcome).toMatchObject({ contribution: { identity: { name: 'carol' }, roles: ['boss'] } });
  });

  it('verifies digests, and digests only, with storeDigestCallback', async () => {
    const ha1 = buildHa1('alice', 'r', 'secret');
    const shown = {
      ...evidenceOfEachKind.digest,
      kind: 'digest',
      username: 'alice',
      realm: 'r',
      algorithm: 'MD5',
    } as const;
    const request = { method: 'GET', uri: '/', nonce: 'n', response: new Secret('') };
    const evidence = { ...shown, ...request, response: new Secret(buildDigestResponse(ha1, { ...shown, ...request })) };
    const callback = { storeDigestCallback: 'org.jboss.security.auth.callback.RFC2617Digest' };
    expect((await login(callback, evidence)).status).toBe('succeeded');
    const hashed = { ...files, 'users.properties': `alice=${ha1}\n` };
    expect((await login({ ...callback, passwordIsA1Hash: 'true' }, evidence, hashed)).status).toBe('succeeded');
    expect((await login(callback, evidence, hashed)).status).toBe('failed');
    expect(await login(callback, password('alice', 'secret'))).toMatchObject({ reason: 'unsupported-evidence' });
  });

  it.each([
    { hashAlgorithm: 'ROT13' },
    { hashEncoding: 'base32' },
    { hashCharset: 'EBCDIC' },
    { hashUserPassword: 'maybe' },
    { 'password-stacking': 'tryFirstPass' },
    { passwordIsA1Hash: true },
    { principalClass: 'com.example.Principal' },
    { rolesProperties: '' },
    { rehash: true, ignorePasswordCase: true },
    { rehash: true, storeDigestCallback: 'org.jboss.security.auth.callback.RFC2617Digest' },
  ])('refuses the options %j at start', (options) => {
    expect(usersRoles.options.safeParse(options).success).toBe(false);
  });

  it('takes option values as text or as YAML values', () => {
    expect(usersRoles.options.parse({ hashUserPassword: 'FALSE', usersProperties: 7 })).toMatchObject({
      hashUserPassword: false,
      usersProperties: '7',
    });
  });
});
