/** @module How a refused SOAP request is answered: a SOAP fault with our constant text, under the HTTP status of any other refusal. */
import type { FastifyReply } from 'fastify';
import type { ErrorView } from '../../http/answer-error.ts';
import { type SoapFault, type SoapFaultCode, soapContentType, writeSoapFault } from '../../wire/saml/soap.ts';

export function sendSoap(reply: FastifyReply, envelope: string): FastifyReply {
  return reply.type(`${soapContentType}; charset=utf-8`).header('cache-control', 'no-store').send(envelope);
}

export function sendSoapFault(reply: FastifyReply, status: number, fault: SoapFault): FastifyReply {
  return sendSoap(reply.code(status), writeSoapFault(fault));
}

/**
 * SOAP 1.1 §6.2 wants 500 for every fault. Then nobody could tell a message that we refuse from a server that is broken, so whose fault
 * it is stands in the status here as everywhere (ADR 0033).
 */
export const showSoapFault: ErrorView = (reply, { code: error, known, decision, error: { facts } }) =>
  sendSoapFault(reply, known.status, {
    code: known.status >= 500 ? 'Server' : codeOf(facts['soapFault']),
    text: known.text,
    error,
    decision,
  });

function codeOf(fact: unknown): SoapFaultCode {
  return fact === 'MustUnderstand' || fact === 'VersionMismatch' ? fact : 'Client';
}
