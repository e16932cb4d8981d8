/** @module Kerberos acceptors as login modules get them: by implementation, with the files of the configuration folder. Loaded when one is asked for. */
import type { AcceptorServices } from '../adapters/kerberos/own-acceptor.ts';
import type { ModuleServices } from '../spi/module-services.ts';

export function kerberosAcceptors(services: AcceptorServices): ModuleServices['kerberosAcceptor'] {
  return async (options) => {
    const { createOwnAcceptor } = await import('../adapters/kerberos/own-acceptor.ts');
    return createOwnAcceptor(options, services);
  };
}
