/** @module Kerberos acceptors as login modules get them: by implementation, with the files of the configuration folder. Loaded when one is asked for. */
import type { AcceptorServices } from '../adapters/kerberos/own-acceptor.ts';
import type { ModuleServices } from '../spi/module-services.ts';

/** @param folder of the configuration */
export function kerberosAcceptors(services: AcceptorServices, folder: string): ModuleServices['kerberosAcceptor'] {
  let native: Promise<ReturnType<typeof openNative>> | undefined;
  return async ({ implementation, ...options }) => {
    if (implementation === 'own') {
      const { createOwnAcceptor } = await import('../adapters/kerberos/own-acceptor.ts');
      return createOwnAcceptor(options, services);
    }
    native ??= import('../adapters/kerberos/native-acceptor.ts').then((room) => openNative(room, services, folder));
    return (await native)(options);
  };
}

/** All of them take their turns together. */
function openNative(
  { createNativeAcceptor, createTurns }: typeof import('../adapters/kerberos/native-acceptor.ts'),
  services: AcceptorServices,
  folder: string,
) {
  const parts = { ...services, folder, inTurn: createTurns() };
  return (options: Parameters<typeof createNativeAcceptor>[0]) => createNativeAcceptor(options, parts);
}
