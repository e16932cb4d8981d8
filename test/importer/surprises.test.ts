/** @module Surprises of JBoss that an import must not carry over (jboss-facts §15), each test named after what it protects from. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildReport, printReport } from '../../src/importer/report.ts';
import { corpus, importCorpus, importText } from './corpus.ts';

const domains = (inside: string, more = '') =>
  importText(
    `<server xmlns="urn:jboss:domain:4.1">${more}<profile><subsystem xmlns="urn:jboss:domain:security:1.2"><security-domains>${inside}</security-domains></subsystem></profile></server>`,
  );
const domain = (name: string, inside: string, cache = '') =>
  `<security-domain name="${name}"${cache}>${inside}</security-domain>`;
const stack = (...modules: readonly string[]) => `<authentication>${modules.join('')}</authentication>`;
const login = (code: string, flag: string, options: Readonly<Record<string, string>> = {}) =>
  `<login-module code="${code}" flag="${flag}">${Object.entries(options)
    .map(([name, value]) => `<module-option name="${name}" value="${value}"/>`)
    .join('')}</login-module>`;
const usersRoles = login('UsersRoles', 'required');
const read = (imported: { readonly yaml: string }) => parse(imported.yaml)['security-domains'];

describe('the passwords of a configuration', () => {
  /** Each stands in a file of the corpus. */
  const secrets = [
    ...['pg-secret-2b7e', 'service-secret-41d7', 'changeit', 'jane-Copper-16', 'store123', 'test123', 'hunter2-secret'],
    ...['MASK-31x/z0Xn83H4JaL0h5eK', '3280fa201d4f675f4437a90852d6db6d'],
  ];

  it.each(corpus)('are neither in gatehouse.yaml nor in the report of %s', (name, file, profile) => {
    const imported = importCorpus(name, file, profile);
    const report = buildReport(file, imported);
    const shown = [imported.yaml, printReport(report), JSON.stringify(report)].join('\n');
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  });

  it('are in files of their own', () => {
    const { contents, yaml } = importCorpus('ldap-database', 'standalone.xml', undefined);
    expect(contents('data/secrets/staff-LdapExtended-bindCredential')).toBe('service-secret-41d7');
    expect(yaml).toContain(`bindCredential: \${file:data/secrets/staff-LdapExtended-bindCredential}`);
  });
});

describe('a login module that cannot be kept', () => {
  it.each(['required', 'requisite', 'sufficient', 'optional'])('refuses in its place, %s as it was', (flag) => {
    const imported = domains(domain('a', stack(login('SAML2STS', flag, { sign: 'true' }), usersRoles)));
    expect(read(imported).a.authentication).toMatchObject([
      { code: 'Anon', flag, name: 'SAML2STS-not-imported' },
      { code: 'UsersRoles', flag: 'required' },
    ]);
    expect(read(imported).a.authentication[0]['module-options']).toBeUndefined();
  });

  it('is not kept without an option that decides', () => {
    const imported = domains(
      domain('a', stack(login('UsersRoles', 'required', { inputValidator: 'com.example.Only' }))),
    );
    expect(read(imported).a.authentication).toMatchObject([{ code: 'Anon', flag: 'required' }]);
  });

  it('does not compare stored hashes as if they were passwords, because hashAlgorithm is unknown', () => {
    const imported = domains(domain('a', stack(login('UsersRoles', 'required', { hashAlgorithm: 'WHIRLPOOL' }))));
    expect(read(imported).a.authentication).toMatchObject([{ code: 'Anon' }]);
  });

  it.each([
    ['Databse', 'is it misspelt?'],
    ['com.example.Mine', 'a class of your own'],
  ])('says of %s: %s', (code, words) => {
    const imported = domains(domain('a', stack(login(code, 'required'))));
    expect(printReport(buildReport('standalone.xml', imported))).toContain(words);
  });

  it('is not kept with a flag that JAAS has not', () => {
    const imported = domains(domain('a', stack(login('UsersRoles', 'mandatory'))));
    expect(read(imported).a.authentication).toMatchObject([{ code: 'Anon', flag: 'required' }]);
  });
});

describe('an option that JBoss only warned of', () => {
  const imported = domains(domain('a', stack(login('UsersRoles', 'required', { usersProprties: 'x' }))));

  it('is not passed over without a word', () => {
    expect(imported.tasks.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('usersProprties a misspelt one'),
    );
  });

  it('does not stop the start', () => {
    expect(imported.yaml).not.toMatch(/^ +usersProprties:/m);
  });
});

describe('the fallback to the domain other', () => {
  const other = domain(
    'other',
    `${stack(usersRoles)}<mapping><mapping-module code="SimpleRoles"><module-option name="a" value="b"/></mapping-module></mapping>`,
  );

  it('is written out where a domain has no authentication', () => {
    const imported = read(domains(`${domain('bare', '')}${other}`));
    expect(imported.bare.authentication).toEqual(imported.other.authentication);
  });

  it('is written out where a domain has no mapping, which then means roles', () => {
    const imported = read(domains(`${domain('own', stack(usersRoles))}${other}`));
    expect(imported.own.mapping).toEqual([{ type: 'role', code: 'SimpleRoles', 'module-options': { a: 'b' } }]);
  });

  it('lets nobody in where there is no such domain', () => {
    expect(read(domains(domain('bare', ''))).bare.authentication).toMatchObject([{ code: 'Anon', flag: 'required' }]);
  });
});

describe('the authorization of jboss-web-policy', () => {
  const policy = (code: string, flag: string) =>
    domain('jboss-web-policy', `<authorization><policy-module code="${code}" flag="${flag}"/></authorization>`);

  it('is written out where a domain has none, and is no domain of its own', () => {
    const imported = read(domains(`${domain('a', stack(usersRoles))}${policy('Delegating', 'required')}`));
    expect(imported.a.authorization).toEqual([{ code: 'Delegating', flag: 'required' }]);
    expect(Object.keys(imported)).toEqual(['a']);
  });

  it('lets nobody in where the one of a domain cannot be kept', () => {
    const xacml = '<authorization><policy-module code="XACML" flag="required"/></authorization>';
    expect(read(domains(domain('a', `${stack(usersRoles)}${xacml}`))).a.authentication).toMatchObject([
      { code: 'Anon' },
    ]);
  });
});

it('a mapping that may take roles away is not left out: then nobody gets in', () => {
  const mapping = '<mapping><mapping-module code="com.example.Fewer" type="role"/></mapping>';
  expect(read(domains(domain('a', `${stack(usersRoles)}${mapping}`))).a.authentication).toMatchObject([
    { code: 'Anon' },
  ]);
});

it('a mapping without a type means roles, and one of another kind is refused', () => {
  const mapping = '<mapping><mapping-module code="SubjectDNMapper"/></mapping>';
  expect(read(domains(domain('a', `${stack(usersRoles)}${mapping}`))).a.authentication).toMatchObject([
    { code: 'Anon' },
  ]);
});

it('the users of one application are not those of another, though their files have one name', () => {
  const imported = read(domains(`${domain('a', stack(usersRoles))}${domain('b', stack(usersRoles))}`));
  const file = (name: string) => imported[name].authentication[0]['module-options'].usersProperties;
  expect([file('a'), file('b')]).toEqual(['a-users.properties', 'b-users.properties']);
});

it('a domain without cache-type is not cached, and one with it ends', () => {
  const imported = domains(
    `${domain('a', stack(usersRoles))}${domain('b', stack(usersRoles), ' cache-type="default"')}`,
  );
  expect(read(imported).a['cache-type']).toBeUndefined();
  expect(read(imported).b['cache-type']).toBe('default');
  expect(imported.entries.find(({ path }) => path.endsWith('/@cache-type'))?.disposition).toBe('stricter');
});

it('a module that lets everybody in is not taken over without a question', () => {
  const imported = domains(domain('a', stack(login('Identity', 'required', { principal: 'vincent' }))));
  expect(imported.tasks.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('Identity lets in people without a secret'),
  );
});

it('a second domain of one name does not change the first', () => {
  const imported = domains(`${domain('a', stack(usersRoles))}${domain('a', stack(login('Simple', 'required')))}`);
  expect(Object.keys(read(imported))).toEqual(['a']);
  expect(read(imported).a.authentication).toMatchObject([{ code: 'UsersRoles' }]);
  expect(buildReport('standalone.xml', imported).complete).toBe(false);
});

it('a name cannot end a comment of gatehouse.yaml', () => {
  const realm = '<management><security-realms><security-realm name="a&#10;audit: []"/></security-realms></management>';
  const imported = domains(domain('a', stack(usersRoles)), realm);
  expect(parse(imported.yaml).audit).toHaveLength(1);
  expect(imported.yaml).toContain('a?audit: []');
});

it('a realm whose users are in a directory lets nobody in by RealmDirect', () => {
  const realm =
    '<management><security-realms><security-realm name="ApplicationRealm"><authentication><ldap connection="c" base-dn="dc=a"/></authentication></security-realm></security-realms></management>';
  const imported = domains(domain('a', stack(login('RealmDirect', 'required'))), realm);
  expect(read(imported).a.authentication).toMatchObject([
    { code: 'Anon', flag: 'required', name: 'RealmDirect-not-imported' },
  ]);
});

it('users in the configuration go into a file, and their passwords out of the configuration', () => {
  const realm =
    '<management><security-realms><security-realm name="ApplicationRealm"><authentication><users><user username="jane"><password>jane-Brook-49</password></user></users></authentication></security-realm></security-realms></management>';
  const imported = domains(domain('a', stack(login('RealmDirect', 'required'))), realm);
  expect(imported.contents('configuration/ApplicationRealm-users.properties')).toBe('jane=jane-Brook-49\n');
  expect(imported.yaml).not.toContain('jane-Brook-49');
});

it('a file that JBoss names by its place is not looked for in an application', () => {
  const imported = domains(
    domain('a', stack(login('UsersRoles', 'required', { usersProperties: 'file:/etc/people' }))),
  );
  const report = printReport(buildReport('standalone.xml', imported));
  expect(report).toContain('put file:/etc/people into configuration/a-people');
});

describe('the audit providers of a domain', () => {
  const audited = (code: string) =>
    domains(domain('a', `${stack(usersRoles)}<audit><provider-module code="${code}"/></audit>`));

  it('count as kept in another way where JBoss has them', () => {
    const imported = audited('org.jboss.security.audit.providers.LogAuditProvider');
    expect(printReport(buildReport('standalone.xml', imported))).not.toContain('records do not go');
  });

  it('are refused by name where they are classes of somebody, and nobody is kept out', () => {
    const imported = audited('com.example.AuditToDatabase');
    expect(printReport(buildReport('standalone.xml', imported))).toContain(
      '[ ] a: records do not go to com.example.AuditToDatabase any more',
    );
    expect(read(imported).a.authentication).toMatchObject([{ code: 'UsersRoles' }]);
  });
});

describe('a domain with SPNEGO', () => {
  const keys = login('Kerberos', 'required', { principal: 'HTTP/a@B', keyTab: '/etc/krb5.keytab' });
  const negotiates = login('SPNEGO', 'requisite', { serverSecurityDomain: 'my host', usernamePasswordDomain: 'form' });

  it('names its domains as they are called now, and a keytab that a person brings', () => {
    const imported = domains(
      domain('my host', stack(keys)) + domain('a', stack(negotiates)) + domain('form', stack(usersRoles)),
    );
    expect(read(imported)).toMatchObject({
      'my-host': { authentication: [{ code: 'Kerberos', 'module-options': { keyTab: 'my-host-krb5.keytab' } }] },
      a: {
        authentication: [{ 'module-options': { serverSecurityDomain: 'my-host', usernamePasswordDomain: 'form' } }],
      },
    });
  });

  it('lets nobody in without the domain of the keys', () => {
    const imported = domains(domain('a', stack(negotiates)) + domain('form', stack(usersRoles)));
    expect(read(imported).a.authentication).toMatchObject([{ code: 'Anon' }]);
  });

  it('lets nobody in without the domain of the passwords', () => {
    const imported = domains(domain('my host', stack(keys)) + domain('a', stack(negotiates)));
    expect(read(imported).a.authentication).toMatchObject([{ code: 'Anon' }]);
  });
});
