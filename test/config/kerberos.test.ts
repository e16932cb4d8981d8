/** @module The domains that an SPNEGO module names have to be there, hold a key, and lead somewhere. */
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { catalog } from '../support/whole-catalog.ts';

const host = '  host: { authentication: [ { code: Kerberos, flag: required, module-options: { keyTab: k } } ] }\n';
const simple = '  simple: { authentication: [ { code: Simple, flag: required } ] }\n';
const spnego = (name: string, options: string) =>
  `  ${name}: { authentication: [ { code: spnegousers, flag: requisite, module-options: { ${options} } } ] }\n`;

function complaints(...domains: readonly string[]): readonly string[] {
  const result = loadConfiguration({
    text: `security-domains:\n${domains.join('')}`,
    file: 'gatehouse.yaml',
    environment: {},
    readSecretFile: () => ({ problem: 'no such file' }),
    catalog,
  });
  return result.status === 'loaded' ? [] : result.problems.map(({ path, message }) => `${path} ${message}`);
}

describe('the domains of an SPNEGO module', () => {
  it('may stand before or after it', () => {
    const negotiating = spnego('n', 'serverSecurityDomain: host, usernamePasswordDomain: simple');
    expect(complaints(negotiating, host, simple)).toEqual([]);
    expect(complaints(host, simple, negotiating)).toEqual([]);
  });

  it.each([
    ['serverSecurityDomain: hots', 'unknown security domain "hots"; did you mean "host"?'],
    [
      'serverSecurityDomain: simple',
      'names the security domain "simple", which has no Kerberos module: the keys of this service are in one',
    ],
    ['serverSecurityDomain: host, usernamePasswordDomain: simpel', 'did you mean "simple"?'],
    ['serverSecurityDomain: host, usernamePasswordDomain: n', 'leads back to this very domain'],
    ['usernamePasswordDomain: simple', 'serverSecurityDomain'],
  ])('are looked at: %s', (options, says) => {
    expect(complaints(host, simple, spnego('n', options)).join('\n')).toContain(says);
  });

  it('must not lead in a circle', () => {
    const all = complaints(
      host,
      spnego('a', 'serverSecurityDomain: host, usernamePasswordDomain: b'),
      spnego('b', 'serverSecurityDomain: host, usernamePasswordDomain: a'),
    );
    expect(all).toHaveLength(2);
  });
});
