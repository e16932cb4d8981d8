/** @module What is no configuration of JBoss: each fault says the file, the line and the column. */
import { describe, expect, it } from 'vitest';
import { configurationLimits } from '../../src/importer/source.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { importText } from './corpus.ts';

function faultOf(text: string, options = {}): GatehouseError {
  try {
    importText(text, options);
  } catch (error) {
    if (error instanceof GatehouseError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const file = 'standalone.xml';
const server = (inside: string) => `<server xmlns="urn:jboss:domain:4.1">\n${inside}\n</server>`;

describe('a file that is refused', () => {
  it.each([
    ['with an entity of its own', server('  <a b="&lol;"/>'), 'ERR_XML_FORBIDDEN', 2, 9],
    ['with an entity in text', server('  <a>&lol;</a>'), 'ERR_XML_FORBIDDEN', 2, 6],
    ['with a document type', '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]>\n<a/>', 'ERR_XML_FORBIDDEN', 2, 1],
    ['with a processing instruction', server('<?php ?>'), 'ERR_XML_FORBIDDEN', 2, 1],
    ['that is cut off', '<server xmlns="urn:jboss:domain:4.1">\n  <profile>', 'ERR_XML_MALFORMED', 2, 12],
    ['with two attributes of one name', server('<a b="1" b="2"/>'), 'ERR_XML_MALFORMED', 2, 2],
    ['with a control character', server('<a b="\u0001"/>'), 'ERR_XML_MALFORMED', 2, 7],
    ['that is no XML', 'security-domains: {}', 'ERR_XML_MALFORMED', 1, 1],
    ['that is empty', '', 'ERR_XML_MALFORMED', 1, 1],
    ['that nests too deeply', '<a>\n'.repeat(80), 'ERR_XML_LIMIT', 65, 1],
    ['that is a host.xml', '\n<host xmlns="urn:jboss:domain:4.1"/>', 'ERR_CONFIG_INVALID', 2, 1],
    ['that is another server', '<server xmlns="urn:example"/>', 'ERR_CONFIG_INVALID', 1, 1],
    ['without a profile', server(''), 'ERR_CONFIG_INVALID', 1, 1],
  ])('is one %s', (_, text, code, line, column) => {
    expect(faultOf(text)).toMatchObject({ code, facts: { file, line, column } });
  });

  it('is one that is too large', () => {
    const fault = faultOf(server(' '.repeat(configurationLimits.maxBytes)));
    expect(fault).toMatchObject({ code: 'ERR_XML_LIMIT', facts: { maxBytes: configurationLimits.maxBytes } });
  });

  it('is a domain.xml with several profiles, of which none was chosen, and they are named', () => {
    const text =
      '<domain xmlns="urn:jboss:domain:4.1"><profiles><profile name="a"/><profile name="b"/></profiles></domain>';
    expect(faultOf(text).message).toContain('the profiles a, b: choose one with --profile');
    expect(faultOf(text, { profile: 'c' }).message).toContain('no such profile; it has a, b');
    expect(importText(text, { profile: 'b' }).entries).not.toEqual([]);
  });
});

it('lines are counted alike whatever ends them', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['\ufeff<server xmlns="urn:jboss:domain:4.1">', '<a/>', '<profile/>', '</server>'].join(end);
    const { entries } = importText(text);
    expect(entries.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '1 /server',
      '2 /server/a',
      '3 /server/profile',
    ]);
  }
});
