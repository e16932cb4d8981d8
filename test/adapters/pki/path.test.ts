/** @module Paths against real certificates: what RFC 5280 §6.1 refuses is refused, with its reason. */
import { describe, expect, it } from 'vitest';
import { authority, client } from '../../support/client-certificates.ts';
import { judge, made, root } from './path-fixture.ts';

const middle = made.issue('middle', { issuer: root, extensions: authority() });
const alice = made.issue('alice', { issuer: middle });

const leafWith = (name: string, extensions: readonly string[]) => made.issue(name, { issuer: middle, extensions });

describe('a path', () => {
  it('leads from the leaf over an intermediate to an anchor', () => {
    expect(judge(alice, [middle])).toBe('found 3');
  });

  it('needs the intermediate', () => {
    expect(judge(alice, [])).toBe('no-path');
  });

  it('needs the anchor: an issuer that the client shows is none', () => {
    const strange = made.issue('strange', { extensions: authority(), subject: '/C=DE/O=Example/CN=Root' });
    expect(judge(alice, [middle, root], [strange])).toBe('bad-signature');
    expect(judge(alice, [middle, root], [])).toBe('no-path');
  });

  it('may end at an anchor that is not self-signed', () => {
    expect(judge(alice, [], [middle])).toBe('found 2');
  });

  it('is found among issuers in any order and some that do not belong', () => {
    const other = made.issue('other', { issuer: root, extensions: authority() });
    expect(judge(alice, [other, root, middle])).toBe('found 3');
  });

  it('goes over a cross-certificate where that is the only way', () => {
    const newRoot = made.issue('new-root', { extensions: authority() });
    const cross = made.issue('cross', {
      issuer: newRoot,
      keyOf: root,
      subject: '/C=DE/O=Example/CN=Root',
      extensions: authority(),
    });
    expect(judge(alice, [middle, cross], [newRoot])).toBe('found 4');
  });

  it('is looked for behind one that fails: an expired twin of the intermediate comes first', () => {
    const twin = made.issue('middle-old', {
      issuer: root,
      keyOf: middle,
      subject: '/CN=middle',
      extensions: authority(),
      to: '20210101000000Z',
    });
    expect(judge(alice, [twin, middle])).toBe('found 3');
    expect(judge(alice, [twin])).toBe('expired');
  });

  it('ends by itself where issuers with one name go round in circles', () => {
    const same = Array.from({ length: 9 }, (_, index) =>
      made.issue(`same-${index}`, { subject: '/CN=same', extensions: authority() }),
    );
    const leaf = made.issue('same-leaf', { issuer: same[0]! });
    expect(judge(leaf, same, [root])).toBe('no-path');
  });
});

describe('dates', () => {
  const expired = made.issue('expired', { issuer: middle, from: '20200101000000Z', to: '20250101000000Z' });
  const future = made.issue('future', { issuer: middle, from: '20300101000000Z' });

  it('refuse what has expired', () => expect(judge(expired, [middle])).toBe('expired'));
  it('count to the last second', () => {
    expect(judge(expired, [middle], [root], Date.UTC(2025, 0, 1))).toBe('found 3');
    expect(judge(expired, [middle], [root], Date.UTC(2025, 0, 1) + 1)).toBe('expired');
  });
  it('refuse what is not valid yet', () => expect(judge(future, [middle])).toBe('not-yet-valid'));
  it('refuse an anchor that has expired', () => {
    const old = made.issue('old-root', { extensions: authority(), to: '20210101000000Z' });
    expect(judge(made.issue('of-old', { issuer: old }), [], [old])).toBe('expired');
  });
});

describe('what a certificate may be used for', () => {
  it('does not let one person issue a certificate for another', () => {
    expect(judge(made.issue('mallory', { issuer: alice }), [alice, middle])).toBe('key-usage');
  });

  it('does not let an authority without keyCertSign issue', () => {
    const weak = made.issue('no-sign', {
      issuer: root,
      extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,cRLSign'],
    });
    expect(judge(made.issue('of-no-sign', { issuer: weak }), [weak])).toBe('key-usage');
  });

  it('ends at the path length', () => {
    const short = made.issue('short', { issuer: root, extensions: authority(',pathlen:0') });
    const below = made.issue('below', { issuer: short, extensions: authority() });
    expect(judge(made.issue('of-short', { issuer: short }), [short])).toBe('found 3');
    expect(judge(made.issue('of-below', { issuer: below }), [short, below])).toBe('path-length');
  });

  it('holds the path length of the anchor', () => {
    const anchor = made.issue('short-root', { extensions: authority(',pathlen:0') });
    const below = made.issue('below-short', { issuer: anchor, extensions: authority() });
    expect(judge(made.issue('of-below-short', { issuer: below }), [below], [anchor])).toBe('path-length');
  });

  it('wants digitalSignature where key usage is limited', () => {
    expect(
      judge(leafWith('no-ds', ['keyUsage=critical,keyEncipherment', 'extendedKeyUsage=clientAuth']), [middle]),
    ).toBe('key-usage');
  });

  it.each(['serverAuth', 'codeSigning', 'anyExtendedKeyUsage'])('refuses a leaf for %s alone', (purpose) => {
    expect(judge(leafWith(`eku-${purpose}`, [`extendedKeyUsage=${purpose}`]), [middle])).toBe('extended-key-usage');
  });

  it('takes a leaf without limits', () => {
    expect(judge(leafWith('no-eku', ['basicConstraints=CA:FALSE']), [middle])).toBe('found 3');
  });

  it('refuses an authority whose purposes leave clients out', () => {
    const servers = made.issue('servers', {
      issuer: root,
      extensions: [...authority(), 'extendedKeyUsage=serverAuth'],
    });
    expect(judge(made.issue('of-servers', { issuer: servers }), [servers])).toBe('extended-key-usage');
  });

  it('refuses a critical extension that nobody knows', () => {
    expect(judge(leafWith('critical', [...client, '1.2.3.4=critical,DER:0500']), [middle])).toBe('critical-extension');
  });

  it('passes over one that is not critical', () => {
    expect(judge(leafWith('not-critical', [...client, '1.2.3.4=DER:0500']), [middle])).toBe('found 3');
  });

  it('refuses critical policy constraints, which are not processed', () => {
    const policies = made.issue('policies', {
      issuer: root,
      extensions: [...authority(), 'policyConstraints=critical,requireExplicitPolicy:0'],
    });
    expect(judge(made.issue('of-policies', { issuer: policies }), [policies])).toBe('critical-extension');
  });
});

describe('signatures', () => {
  it('refuse SHA-1', () => {
    expect(judge(made.issue('sha1', { issuer: middle, digest: 'sha1' }), [middle])).toBe('weak-algorithm');
  });

  it('refuse an RSA key of 1024 bits', () => {
    const weak = made.issue('rsa-1024', {
      issuer: middle,
      keyArguments: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
    });
    expect(judge(weak, [middle])).toBe('weak-algorithm');
  });

  it.each([
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], []],
    [
      'RSA-PSS',
      ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
      ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'],
    ],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], []],
  ] as const)('are verified with %s', (name, keyArguments, signArguments) => {
    const signer = made.issue(`ca-${name}`, { extensions: authority(), keyArguments });
    const leaf = made.issue(`leaf-${name}`, { issuer: signer, signArguments });
    expect(judge(leaf, [], [signer])).toBe('found 2');
  });

  it('refuse a certificate of which one byte has changed', () => {
    const der = Uint8Array.from(alice.der);
    der[der.length - 1]! ^= 1;
    expect(judge({ ...alice, der }, [middle])).toBe('bad-signature');
  });
});
