import { describe, expect, it } from 'vitest';
import { diagnoseRequest } from '../../../src/protocols/saml-idp/request-diagnosis.ts';
import { diagnoseResponse, refusal } from '../../../src/protocols/saml-sp/refusals.ts';
import { errorCodes, GatehouseError } from '../../../src/spi/errors.ts';
import { diagnoseMessage } from '../../../src/wire/saml/diagnosis.ts';

const response = { sender: 'idp', ourConfiguration: 'sp-configuration' } as const;
const fault = (code: (typeof errorCodes)[number], facts = {}) => new GatehouseError(code, 'x', { facts });

describe('a refused message', () => {
  const ofXml = errorCodes.filter((code) => code.startsWith('ERR_XML_') || code === 'ERR_REQUEST_TOO_LARGE');
  const thrownByRequests = [
    ...ofXml,
    ...errorCodes.filter((code) => /^ERR_SAML_(MALF|DEST|EXP|REP|SIG|UNK|ACS|UNS)/.test(code)),
  ];

  it.each(thrownByRequests)('as a request with %s has a clause, a fault and a fix', (code) => {
    expect(diagnoseRequest(fault(code))).toMatchObject({ clause: expect.stringMatching(/./), fix: expect.any(String) });
  });

  const thrownByReading = [...ofXml, ...errorCodes.filter((code) => /^ERR_SAML_(MALF|SIG|UNK|UNS|AMB)/.test(code))];
  it.each(thrownByReading)('as a response with %s has a clause, a fault and a fix', (code) => {
    expect(diagnoseResponse(fault(code))).toMatchObject({
      clause: expect.stringMatching(/./),
      fix: expect.any(String),
    });
  });

  it('names the sender, or our own side, as who they are', () => {
    expect(diagnoseMessage(fault('ERR_XML_SCHEMA'), response)?.fault).toBe('idp');
    expect(diagnoseRequest(fault('ERR_XML_SCHEMA'))?.fault).toBe('sp');
    expect(diagnoseRequest(fault('ERR_SAML_UNKNOWN_PARTNER'))?.fault).toBe('idp-configuration');
    expect(diagnoseResponse(fault('ERR_SAML_UNKNOWN_PARTNER'))?.fault).toBe('sp-configuration');
  });

  it.each([
    ['algorithm', 'signature-algorithm', 'idp'],
    ['key', 'signature-key', 'sp-configuration'],
    ['digest', 'signature-digest', 'attacker?'],
    ['duplicate-id', 'signature-id', 'attacker?'],
    ['nonsense', 'signature-shape', 'attacker?'],
  ])('for a signature says what is wrong with it: %s', (reason, check, whose) => {
    expect(diagnoseResponse(fault('ERR_XML_SIGNATURE', { reason }))).toMatchObject({ check, fault: whose });
  });

  it('by a check of its content is diagnosed by that check', () => {
    expect(diagnoseResponse(refusal('audience', 'x'))).toMatchObject({
      check: 'audience',
      clause: 'saml-core §2.5.1.4',
      fault: 'sp-configuration',
    });
  });
});

it.each(['ERR_STORE_UNAVAILABLE', 'ERR_CONFIG_UNREADABLE', 'ERR_INTERNAL'] as const)(
  '%s says nothing about a message',
  (code) => {
    expect([diagnoseRequest(fault(code)), diagnoseResponse(fault(code))]).toEqual([undefined, undefined]);
  },
);
