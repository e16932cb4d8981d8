/** @module The Kerberos acceptor of the system's GSS-API library, by the optional package `kerberos`: loaded when it is configured, and only then. */
import { resolve } from 'node:path';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { KerberosAcceptor, KerberosAcceptorOptions, KerberosVerdict } from '../../spi/kerberos-acceptor.ts';
import { readApRequest } from '../../wire/kerberos/messages.ts';
import { type Principal, parsePrincipal, principalName, sameName } from '../../wire/kerberos/principal.ts';
import { refuse } from '../../wire/kerberos/refusal.ts';
import { digestOf } from '../../wire/spnego/answer.ts';
import { readLeg } from '../../wire/spnego/read-leg.ts';
import { failureOf } from './native-failures.ts';

type Library = Pick<typeof import('kerberos'), 'initializeServer'>;

export interface NativeAcceptorServices {
  readonly ephemeral: EphemeralStore;
  /** What relative paths start from. */
  readonly folder: string;
  readonly inTurn: InTurn;
}

type Options = Omit<KerberosAcceptorOptions, 'implementation'>;

/** By how much the clocks of two nodes may differ, on top of what client and node may. */
const nodeSkewMs = 60_000;

/** Bit 2 of the options of an AP-REQ (RFC 4120 §5.5.1), as a number of 32 bits. */
const mutualRequired = 0x2000_0000;

/** One at a time: the library takes its settings from the environment, which all acceptors of this process share. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

/**
 * One keytab, no channel bindings, no groups, one leg, the library's own clock skew and `krb5.conf`. Everything that the library
 * cannot do is refused at start or by its name, and never passed over.
 * @throws ERR_CONFIG_INVALID without the package, or with options that the library has no way for
 */
export async function createNativeAcceptor(
  options: Options,
  { ephemeral, folder, inTurn }: NativeAcceptorServices,
): Promise<KerberosAcceptor> {
  const [keytab, ...others] = options.keytabs;
  if (keytab === undefined || others.length > 0) {
    throw new GatehouseError(
      'ERR_CONFIG_INVALID',
      'the native Kerberos acceptor takes one keytab: merge them with ktutil',
      {
        facts: { keytabs: options.keytabs.length },
      },
    );
  }
  const wanted = options.principal === undefined ? undefined : parsePrincipal(options.principal);
  const file = `FILE:${resolve(folder, keytab)}`;
  const library = await loadLibrary();

  async function step(token: Uint8Array) {
    return inTurn(async () => {
      setVariable('KRB5_KTNAME', file);
      // Replays are claimed below, in the store of all nodes: the library's file knows this machine only.
      setVariable('KRB5RCACHENAME', 'none:');
      const begun = await library.initializeServer('');
      // Without a name it takes no credentials: the keytab is looked for in this step.
      await begun.step(Buffer.from(token).toString('base64'));
      return begun;
    });
  }

  return {
    async accept({ token, state, dryRun }): Promise<KerberosVerdict> {
      const read = readLeg(token, state);
      if (read.status === 'refused') return read;
      const request = read.status === 'request' && state === undefined ? readApRequest(read.message) : undefined;
      if (read.status === 'request' && request === undefined) return refuse('MALFORMED', { part: 'AP-REQ' });
      if (request === undefined) return refuse('UNSUPPORTED', { option: 'several legs' });
      let server: Awaited<ReturnType<typeof step>>;
      try {
        server = await step(token);
      } catch (error) {
        // The library has no codes: its text is all that there is.
        if (error instanceof Error) return failureOf(error.message);
        throw error;
      }
      const [client, service] = [parsePrincipal(server.username), parsePrincipal(server.targetName)];
      if (client === undefined || service === undefined) return refuse('MALFORMED', { part: 'name' });
      const refusal = refusalOf(client, service);
      if (refusal !== undefined) return refusal;
      const authenticator = digestOf(request.authenticator.cipher);
      const claimMs = 2 * options.clockSkewMs + nodeSkewMs;
      if (dryRun !== true && !(await ephemeral.once(`kerberos:${authenticator}`, claimMs))) return refuse('REPLAY');
      const reply = Buffer.from(server.response ?? '', 'base64');
      return {
        status: 'accepted',
        client: { name: principalName(client), realm: client.realm },
        service: { name: principalName(service), realm: service.realm },
        ...(reply.length === 0 ? {} : { reply }),
        mutual: (request.options & mutualRequired) !== 0,
        authenticator,
      };
    },
  };

  function refusalOf(client: Principal, service: Principal) {
    if (wanted !== undefined && !(sameName(service, wanted) && ['', service.realm].includes(wanted.realm))) {
      return refuse('NOT_FOR_US', { ticketFor: `${principalName(service)}@${service.realm}` });
    }
    return client.realm === service.realm || options.trustedRealms.includes(client.realm)
      ? undefined
      : refuse('WRONG_REALM', { realm: client.realm });
  }
}

async function loadLibrary(): Promise<Library> {
  try {
    return await import('kerberos');
  } catch (error) {
    throw new GatehouseError(
      'ERR_CONFIG_INVALID',
      'the package kerberos is not there, or the libraries that it loads are not: install libkrb5-dev and run npm rebuild kerberos, or leave implementation out',
      { cause: error },
    );
  }
}

/** Set only when it changes: another thread may be reading. */
function setVariable(name: string, value: string): void {
  if (process.env[name] !== value) process.env[name] = value;
}
