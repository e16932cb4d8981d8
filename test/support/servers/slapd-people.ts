/** @module Who is in the OpenLDAP of the tests: people with awkward names, groups in circles, accounts that are shut. */

export const suffix = 'dc=example,dc=com';
export const personPassword = 'person-secret-8a20';

/** Names that have a meaning in filters, in DNs, or in both. */
export const awkwardNames: readonly string[] = [
  'a*b',
  'o(brien)',
  'back\\slash',
  'comma, plus+ and "quotes"',
  '#hash',
  ' spaces ',
  'less<more>;=',
  'Zoë 李',
];

const escapeDn = (value: string) =>
  Array.from(Buffer.from(value), (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
const base64 = (value: string) => Buffer.from(value).toString('base64');

function person(uid: string, more = ''): string {
  return `dn:: ${base64(`uid=${escapeDn(uid)},ou=people,${suffix}`)}
objectClass: inetOrgPerson
objectClass: extensibleObject
uid:: ${base64(uid)}
cn:: ${base64(`${uid} Test`)}
sn: Test
userPassword: ${personPassword}
${more}
`;
}

function group(name: string, members: readonly string[], more = ''): string {
  return `dn: cn=${name},ou=groups,${suffix}
objectClass: groupOfNames
objectClass: extensibleObject
cn: ${name}
${members.map((member) => `member: ${member},${suffix}`).join('\n')}
${more}
`;
}

const unit = (name: string) => `dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n`;

/** More than a server gives at once without pages. */
export const manyGroups = 1203;

/** hnelson is in ops, ops in admins, admins in staff, and staff in ops again. */
export function peopleLdif(): string {
  const entries = [
    ...['people', 'groups', 'many', 'policies'].map(unit),
    `dn: cn=default,ou=policies,${suffix}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 1000
pwdMustChange: TRUE
`,
    person('hnelson', `description: ou=groups,${suffix}\nroomNumber: engineer`),
    person('jdoe'),
    person('asmith'),
    person('twin', 'employeeNumber: 7'),
    person('twin2', 'employeeNumber: 7'),
    person('locked', 'pwdAccountLockedTime: 000001010000Z'),
    person('reset', 'pwdReset: TRUE'),
    ...awkwardNames.map((name) => person(name)),
    group('ops', ['uid=hnelson,ou=people']),
    group('admins', ['cn=ops,ou=groups', 'uid=jdoe,ou=people']),
    group('staff', ['cn=admins,ou=groups', 'uid=asmith,ou=people']),
    ...awkwardNames.map((name, index) =>
      group(`awkward-${index}`, [`uid=${escapeDn(name)},ou=people`]).replace(
        /member: (.*)/,
        (_, dn: string) => `member:: ${base64(dn)}`,
      ),
    ),
    `dn: cn=readers,ou=many,${suffix}\nobjectClass: groupOfNames\ncn: readers\nmember: uid=jdoe,ou=people,${suffix}\n`,
    ...Array.from(
      { length: manyGroups },
      (_, index) =>
        `dn: cn=g${index},ou=many,${suffix}\nobjectClass: groupOfNames\ncn: g${index}\nmember: uid=asmith,ou=people,${suffix}\n`,
    ),
    // Last, when both are there: the overlay has nothing to put memberOf on before.
    `dn: cn=ops,ou=groups,${suffix}\nchangetype: modify\nadd: member\nmember: cn=staff,ou=groups,${suffix}\n`,
  ];
  return `${entries.map((entry) => entry.trimEnd()).join('\n\n')}\n`;
}
