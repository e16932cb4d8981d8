/** @module JUnit reports: well formed whatever a case is called. */
import { describe, expect, it } from 'vitest';
import { buildJunit } from '../../src/wire/junit.ts';

describe('a JUnit report', () => {
  it('counts cases, failures and errors', () => {
    const told = { message: 'm', text: 't' };
    const report = buildJunit('policy.test.yaml', [
      { name: 'a', ms: 1500 },
      { name: 'b', ms: 0, failure: told },
      { name: 'c', ms: 0, error: told },
    ]);
    expect(report).toContain('<testsuites tests="3" failures="1" errors="1" time="1.500">');
    expect(report).toContain('<testcase classname="policy.test.yaml" name="a" time="1.500"/>');
    expect(report).toContain('<failure message="m">t</failure>');
    expect(report).toContain('<error message="m">t</error>');
  });

  it('shows markup, quotes and line ends as what they are, and what no XML can hold as replaced', () => {
    const report = buildJunit('s', [{ name: '<a & "b">\n\u0000\ud800😀', ms: 0 }]);
    expect(report).toContain('name="&#60;a &#38; &#34;b&#34;&#62;&#10;\ufffd\ufffd😀"');
  });
});
