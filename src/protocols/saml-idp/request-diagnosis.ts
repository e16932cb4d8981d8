/** @module Every reason for which the content of an AuthnRequest is refused: the clause, whose fault it is, and the fix. */
import type { ErrorCode, GatehouseError } from '../../spi/errors.ts';
import { type Diagnosis, diagnoseMessage } from '../../wire/saml/diagnosis.ts';

const byCode: Partial<Readonly<Record<ErrorCode, Diagnosis>>> = {
  ERR_SAML_DESTINATION: {
    check: 'destination',
    clause: 'saml-bindings §3.4.5.2',
    fault: 'sp',
    fix: 'Give the service provider our metadata again; check public URL and proxies. A signed request has to say whom it is for.',
  },
  ERR_SAML_EXPIRED: {
    check: 'issue-instant',
    clause: 'saml-core §3.2.1',
    fault: 'clocks',
    fix: 'Set the clocks of both sides (NTP). If they are right, the request was kept for too long: begin again.',
  },
  ERR_SAML_REPLAYED: {
    check: 'replay',
    clause: 'saml-profiles §4.1.5',
    fault: 'user-agent',
    fix: 'Begin again at the application. If nobody pressed "reload", somebody sends requests twice.',
  },
  ERR_SAML_ACS_NOT_REGISTERED: {
    check: 'assertion-consumer-service',
    clause: 'saml-profiles §4.1.4.1',
    fault: 'attacker?',
    fix: "Renew the service provider's metadata; if that is not it, somebody tries to have assertions sent elsewhere.",
  },
};

/** `undefined` for a fault that says nothing about the message, such as a store that is down. */
export function diagnoseRequest(error: GatehouseError): Diagnosis | undefined {
  return byCode[error.code] ?? diagnoseMessage(error, { sender: 'sp', ourConfiguration: 'idp-configuration' });
}
