/** @module Kerberos acceptors as login modules get them: by implementation, with the files of the configuration folder. */

import { createNativeAcceptor, createTurns } from '../adapters/kerberos/native-acceptor.ts';
import { type AcceptorServices, createOwnAcceptor } from '../adapters/kerberos/own-acceptor.ts';
import type { ModuleServices } from '../spi/module-services.ts';

/** @param folder of the configuration */
export function kerberosAcceptors(services: AcceptorServices, folder: string): ModuleServices['kerberosAcceptor'] {
  const inTurn = createTurns();
  return ({ implementation, ...options }) =>
    implementation === 'native'
      ? createNativeAcceptor(options, { ...services, folder, inTurn })
      : createOwnAcceptor(options, services);
}
