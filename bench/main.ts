/** @module `npm run bench [-- name …]`: runs the benchmarks and prints one JSON line each. */
import { argon2Login } from './argon2-login.ts';
import { auditedLogin } from './audited-login.ts';
import { cachedLogin } from './auth-cache.ts';
import { blackHole } from './black-hole.ts';
import { ldapLogin } from './ldap-login.ts';
import type { Absent, Row } from './row.ts';
import { loadAggregate } from './saml-metadata.ts';
import { samlVerify } from './saml-verify.ts';
import { spnego } from './spnego.ts';
import { sqlLogin } from './sql-login.ts';
import { ssoOnLiveSession } from './sso.ts';
import { coldStart } from './start.ts';

const benchmarks: Readonly<Record<string, () => Promise<readonly (Row | Absent)[]>>> = {
  saml: async () => [...(await samlVerify()), ...(await ssoOnLiveSession())],
  'saml-verify': samlVerify,
  'saml-metadata': loadAggregate,
  argon2: argon2Login,
  audit: auditedLogin,
  'auth-cache': cachedLogin,
  'ldap-login': ldapLogin,
  'sql-login': sqlLogin,
  'black-hole': blackHole,
  spnego,
  start: coldStart,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0 || wanted.includes('--help')) {
  process.stderr.write(`Usage: npm run bench [-- name …]\nNames: ${Object.keys(benchmarks).join(', ')}\n`);
  process.exit(2);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const result of await run()) process.stdout.write(`${JSON.stringify(result)}\n`);
}
