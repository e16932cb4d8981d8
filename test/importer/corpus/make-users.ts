/** @module Prints lines of a users file as the add-user script of JBoss writes them: `node make-users.ts <realm> <user>=<password> …`. */
import { createHash } from 'node:crypto';

const [realm, ...people] = process.argv.slice(2);
console.log(
  `#$REALM_NAME=${realm}$ This line is used by the add-user utility to identify the realm name already used in this file.`,
);
for (const person of people) {
  const [name, password] = person.split('=');
  console.log(`${name}=${createHash('md5').update(`${name}:${realm}:${password}`).digest('hex')}`);
}
