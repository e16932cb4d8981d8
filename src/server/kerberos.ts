/** @module Kerberos acceptors as login modules get them: by implementation, with the files of the configuration folder. */
import { type AcceptorServices, createOwnAcceptor } from '../adapters/kerberos/own-acceptor.ts';
import type { ModuleServices } from '../spi/module-services.ts';

export function kerberosAcceptors(services: AcceptorServices): ModuleServices['kerberosAcceptor'] {
  return (options) => createOwnAcceptor(options, services);
}
