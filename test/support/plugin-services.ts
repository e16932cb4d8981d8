/** @module What plug-ins ask of the house, in memory: files, realms, a log and the shared state of a stack. */

import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createPasswords } from '../../src/adapters/passwords/passwords.ts';
import type { Datasource } from '../../src/spi/datasource.ts';
import type { Directory, DirectoryOptions } from '../../src/spi/directory.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { ModuleEvidence } from '../../src/spi/evidence.ts';
import type { LogFacts, Logger } from '../../src/spi/logger.ts';
import type {
  LoginContext,
  ModuleEvent,
  ModuleServices,
  SharedState,
  StackedIdentity,
} from '../../src/spi/login-module.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { OtherDomain } from '../../src/spi/security-domain.ts';
import type { SecurityRealm } from '../../src/spi/security-realm.ts';
import type { Truststore } from '../../src/spi/truststore.ts';
import type { WatchBytes } from '../../src/spi/watched-file.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';

export class RecordingLogger implements Logger {
  readonly lines: { readonly level: string; readonly facts: LogFacts; readonly message: string }[] = [];
  info(facts: LogFacts, message: string): void {
    this.lines.push({ level: 'info', facts, message });
  }
  warn(facts: LogFacts, message: string): void {
    this.lines.push({ level: 'warn', facts, message });
  }
  error(facts: LogFacts, message: string): void {
    this.lines.push({ level: 'error', facts, message });
  }
  warnings(): readonly string[] {
    return this.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  }
}

/** Files that change when a test says so. */
export class MemoryFiles {
  readonly #texts: Map<string, string>;
  constructor(texts: Readonly<Record<string, string>> = {}) {
    this.#texts = new Map(Object.entries(texts));
  }
  set(path: string, text: string): void {
    this.#texts.set(path, text);
  }
  get(path: string): string | undefined {
    return this.#texts.get(path);
  }
  /** Set to fail every change. */
  fault: GatehouseError | undefined;
  readonly changeFile: ModuleServices['changeFile'] = async (path, change) => {
    if (this.fault !== undefined) throw this.fault;
    const text = change(this.#texts.get(path) ?? '');
    if (text !== undefined) this.#texts.set(path, text);
    return text !== undefined;
  };
  readonly watchFile: ModuleServices['watchFile'] = async (path, parse) => {
    const first = this.#texts.get(path);
    if (first === undefined) return undefined;
    parse(first);
    return { current: () => parse(this.#texts.get(path) ?? first) };
  };
  /** A file whose bytes are no text is kept in Latin-1 (`setBytes`). */
  readonly watchBytes: WatchBytes = async (path, parse) => {
    const bytes = (text: string) => Buffer.from(text, 'latin1');
    const first = this.#texts.get(path);
    if (first === undefined) return undefined;
    parse(bytes(first));
    return { current: () => parse(bytes(this.#texts.get(path) ?? first)) };
  };
  setBytes(path: string, bytes: Uint8Array): void {
    this.#texts.set(path, Buffer.from(bytes).toString('latin1'));
  }
}

export class RecordingSharedState implements SharedState {
  readonly published: StackedIdentity[] = [];
  readonly #identity: StackedIdentity | undefined;
  constructor(identity?: StackedIdentity) {
    this.#identity = identity;
  }
  read(): StackedIdentity | undefined {
    return this.#identity;
  }
  publish(identity: StackedIdentity): void {
    this.published.push(identity);
  }
}

export interface PluginServices extends ModuleServices {
  readonly files: MemoryFiles;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  /** What modules have recorded. */
  readonly events: readonly ModuleEvent[];
}

export function pluginServices(
  parts: {
    readonly files?: Readonly<Record<string, string>>;
    readonly realms?: readonly SecurityRealm[];
    readonly datasources?: readonly Datasource[];
    readonly truststores?: readonly Truststore[];
    readonly openDirectory?: (options: DirectoryOptions) => Directory;
    readonly domains?: readonly OtherDomain[];
    readonly kerberosAcceptor?: ModuleServices['kerberosAcceptor'];
  } = {},
): PluginServices {
  const files = new MemoryFiles(parts.files);
  const clock = createFakeClock();
  const events: ModuleEvent[] = [];
  const named = <T extends { readonly name: string }>(things: readonly T[] | undefined, name: string): T => {
    const thing = things?.find((candidate) => candidate.name === name);
    if (thing === undefined)
      throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no such thing', { facts: { name } });
    return thing;
  };
  return {
    domain: 'other',
    clock,
    random: createFakeRandom(),
    logger: new RecordingLogger(),
    files,
    watchFile: files.watchFile,
    realm: (name) => named(parts.realms, name),
    datasource: (name) => named(parts.datasources, name),
    truststore: (name) => named(parts.truststores, name),
    directory(options) {
      if (parts.openDirectory === undefined) throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no directory');
      return parts.openDirectory(options);
    },
    securityDomain: (name) => named(parts.domains, name),
    async kerberosAcceptor(options) {
      if (parts.kerberosAcceptor === undefined) throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no acceptor');
      return parts.kerberosAcceptor(options);
    },
    ephemeral: createMemoryEphemeralStore({ clock }),
    passwords: createPasswords({ random: createFakeRandom() }),
    changeFile: files.changeFile,
    sealingKey: async () => new Secret(new Uint8Array(32).fill(7)),
    events,
    async record(event) {
      events.push(event);
    },
  };
}

export function loginContext(evidence: ModuleEvidence, changes: Partial<LoginContext> = {}): LoginContext {
  return {
    domain: 'other',
    evidence,
    request: { sourceAddress: '127.0.0.1', mechanism: 'FORM' },
    shared: new RecordingSharedState(),
    contributions: [],
    signal: new AbortController().signal,
    dryRun: false,
    ...changes,
  };
}
