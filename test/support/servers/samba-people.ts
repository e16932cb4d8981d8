/** @module Who is in the Active Directory of the tests: nested groups, accounts that are shut, and a great many entries. */

export const realm = 'AD.EXAMPLE.COM';
export const domainName = 'ADEX';
export const base = 'DC=ad,DC=example,DC=com';
export const adPassword = 'person-secret-8a20';
export const serviceDn = `CN=sso,CN=Users,${base}`;

/** More than a domain controller gives at once. */
export const manyContacts = 1103;

/** Wrong passwords until an account is locked: more than the other tests need. */
export const lockoutThreshold = 60;

const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('base64');
const normal = 512;
const disabled = 514;
const startOfTime = '1';

const add = (dn: string, lines: readonly string[]) => `dn: ${dn},${base}\nchangetype: add\n${lines.join('\n')}\n`;

const person = (name: string, control = normal, more: readonly string[] = []) =>
  add(`CN=${name},CN=Users`, [
    'objectClass: user',
    `sAMAccountName: ${name}`,
    `userPrincipalName: ${name}@ad.example.com`,
    `userAccountControl: ${control}`,
    `clearTextPassword:: ${utf16(adPassword)}`,
    ...more,
  ]);

const group = (name: string, members: readonly string[]) =>
  add(`CN=${name},CN=Users`, [
    'objectClass: group',
    `sAMAccountName: ${name}`,
    ...members.map((member) => `member: CN=${member},CN=Users,${base}`),
  ]);

/** hnelson is in ops, ops in admins, admins in staff; staff and ring are in one another. */
export function peopleLdif(): string {
  const policy = [
    'changetype: modify',
    ...['replace: pwdProperties', 'pwdProperties: 0', '-', 'replace: minPwdLength', 'minPwdLength: 4', '-'],
    ...['replace: maxPwdAge', 'maxPwdAge: -9223372036854775808', '-', 'replace: lockoutThreshold'],
    ...[`lockoutThreshold: ${lockoutThreshold}`, '-', 'replace: lockoutDuration', 'lockoutDuration: -18000000000'],
  ];
  return [
    `dn: ${base}\n${policy.join('\n')}\n`,
    // 24: AES by RFC 3962, with 128 and with 256 bits (MS-KILE §2.2.7).
    person('sso', normal, ['servicePrincipalName: HTTP/localhost', 'msDS-SupportedEncryptionTypes: 24']),
    person('hnelson'),
    person('jdoe'),
    person('o(b)c'),
    person('off', disabled),
    person('new', normal, ['pwdLastSet: 0']),
    person('gone', normal, [`accountExpires: ${startOfTime}`]),
    person('guessed'),
    group('ops', ['hnelson']),
    group('admins', ['ops']),
    group('ring', []),
    group('staff', ['admins', 'jdoe', 'ring']),
    `dn: CN=ring,CN=Users,${base}\nchangetype: modify\nadd: member\nmember: CN=staff,CN=Users,${base}\n`,
    add('OU=many', ['objectClass: organizationalUnit']),
    ...Array.from({ length: manyContacts }, (_, index) => add(`CN=c${index},OU=many`, ['objectClass: contact'])),
  ].join('\n');
}
