/** @module Attributes under several names: what directories call them, and the URIs that SAML partners use (SAML V2.0 X.500/LDAP Attribute Profile; eduPerson). */

const x500 = '2.5.4.';
const pilot = '0.9.2342.19200300.100.1.';
const inetOrgPerson = '2.16.840.1.113730.3.1.';
const eduPerson = '1.3.6.1.4.1.5923.1.1.1.';

const oids: Readonly<Record<string, string>> = {
  cn: `${x500}3`,
  sn: `${x500}4`,
  serialNumber: `${x500}5`,
  c: `${x500}6`,
  l: `${x500}7`,
  st: `${x500}8`,
  street: `${x500}9`,
  o: `${x500}10`,
  ou: `${x500}11`,
  title: `${x500}12`,
  description: `${x500}13`,
  postalAddress: `${x500}16`,
  postalCode: `${x500}17`,
  telephoneNumber: `${x500}20`,
  facsimileTelephoneNumber: `${x500}23`,
  givenName: `${x500}42`,
  initials: `${x500}43`,
  uid: `${pilot}1`,
  mail: `${pilot}3`,
  mobile: `${pilot}41`,
  departmentNumber: `${inetOrgPerson}2`,
  employeeNumber: `${inetOrgPerson}3`,
  employeeType: `${inetOrgPerson}4`,
  preferredLanguage: `${inetOrgPerson}39`,
  displayName: `${inetOrgPerson}241`,
  eduPersonAffiliation: `${eduPerson}1`,
  eduPersonPrincipalName: `${eduPerson}6`,
  eduPersonEntitlement: `${eduPerson}7`,
  eduPersonScopedAffiliation: `${eduPerson}9`,
};

/** Names by which long-lived products call the same attributes. */
const otherNames: Readonly<Record<string, string>> = {
  surname: 'sn',
  commonname: 'cn',
  email: 'mail',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': 'mail',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname': 'givenName',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': 'sn',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name': 'displayName',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'userPrincipalName',
};

const namesByOid = new Map(Object.entries(oids).map(([name, oid]) => [`urn:oid:${oid}`, name]));

/** What a directory calls the attribute of this SAML name; others are given back as they are. */
export function directoryNameOf(samlName: string): string {
  return namesByOid.get(samlName) ?? otherNames[samlName.toLowerCase()] ?? samlName;
}
