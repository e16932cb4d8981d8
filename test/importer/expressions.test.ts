/** @module JBoss's expressions: properties, defaults, environment and vault, and what is escaped for `gatehouse.yaml`. */
import { describe, expect, it } from 'vitest';
import { fillSecrets } from '../../src/config/secrets.ts';
import { expandExpressions } from '../../src/importer/expressions.ts';

const properties = new Map([
  ['known', 'value'],
  ['jboss.server.config.dir', '/opt/jboss/standalone/configuration'],
]);
const expand = (text: string) => expandExpressions(text, { properties });

/** What the loader of `gatehouse.yaml` makes of a value. */
const load = (written: string) =>
  fillSecrets(written, { environment: { HOME: 'of the environment' }, readSecretFile: () => ({ problem: 'none' }) });

describe('an expression', () => {
  it.each([
    ['plain', 'plain'],
    [`\${known}`, 'value'],
    [`\${jboss.server.config.dir}/users.properties`, '/opt/jboss/standalone/configuration/users.properties'],
    [`\${unknown:default}`, 'default'],
    [`\${unknown:}`, ''],
    [`\${unknown,known:default}`, 'value'],
    [`\${unknown:127.0.0.1:8080}`, '127.0.0.1:8080'],
    [`\${a:\${b:\${known}}}`, 'value'],
    [`\${env.ABSENT:fallback}`, 'fallback'],
    ['a $ b', 'a $ b'],
    [`$\${known}`, `\${known}`],
  ])('%j is %j', (text, plain) => {
    expect(expand(text)).toMatchObject({ plain, missing: [] });
    // The server reads the very same text, with nothing filled in.
    expect(load(expand(text).written)).toMatchObject({ value: plain, findings: [] });
  });

  it('that nobody knows is named', () => {
    expect(expand(`ldap://\${directory.host}`)).toMatchObject({ missing: ['directory.host'] });
  });

  it('that does not end is one that nobody knows', () => {
    expect(expand(`\${known`).missing).toEqual(['known']);
  });

  it('of the environment stays a reference, and is asked for', () => {
    expect(expand(`\${env.DB_PASSWORD}`)).toMatchObject({
      written: `\${env:DB_PASSWORD}`,
      needs: ['environment variable DB_PASSWORD'],
    });
    expect(expand(`\${env.DB_PASSWORD}`).plain).toBeUndefined();
  });

  it.each([`\${VAULT::ds::password::1}`, 'VAULT::ds::password::1', `\${VAULT::ds::password::N2NhZDYzOT}`])(
    '%j stays a reference to the vault',
    (text) => {
      expect(expand(text)).toEqual({
        written: `\${VAULT::ds::password::1}`,
        remarks: [],
        missing: [],
        needs: ['vault entry ds password'],
      });
    },
  );

  it('in a value of a property is not followed, so that no value can ask for another', () => {
    const given = new Map([['a', `\${env:HOME}`]]);
    expect(expandExpressions(`\${a}`, { properties: given })).toMatchObject({
      written: `$\${env:HOME}`,
      plain: `\${env:HOME}`,
    });
  });

  it('that was escaped in JBoss is no reference of ours', () => {
    const { written } = expand(`$\${env:HOME} $$\${known} {env:HOME}`);
    expect(load(written).value).toBe(`\${env:HOME} $value {env:HOME}`);
  });

  it('behind a dollar sign is refused: there is no way to write it', () => {
    expect(expand(`$$\${env.HOME}`).missing).toEqual(['(a dollar sign before a reference)']);
  });
});
