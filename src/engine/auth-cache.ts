/** @module The authentication cache of a security domain: logins that its stack has granted, for who shows the same credential again (jboss-facts §10.1). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from '../spi/clock.ts';
import type { Evidence } from '../spi/evidence.ts';
import type { Contribution } from '../spi/login-module.ts';
import type { Secret } from '../spi/secret.ts';

export interface AuthCacheRule {
  /** The login that was used longest ago makes room. */
  readonly maxEntries: number;
  /** From the login on; being used does not prolong it. */
  readonly lifetimeMs: number;
}

export interface CachedLogin {
  /** The name that applications saw. */
  readonly principal: string;
  /** The login that the stack has decided. */
  readonly decision: string;
  readonly contributions: readonly Contribution[];
}

export interface AuthCache {
  /** The login that this very credential has brought about before. Its use makes it the newest. */
  find(evidence: Evidence): CachedLogin | undefined;
  /** Read before the stack is asked and handed to `keep`: moves with every flush. */
  generation(): number;
  /**
   * Replaces what the same name had. Does nothing when something was flushed since `generation`: the stack may have
   * answered from what has changed meanwhile.
   */
  keep(evidence: Evidence, login: CachedLogin, generation: number): void;
  /** Of one principal, by the name shown at the login or any that was proved, or of all. Resolves with their number when each has left. */
  flush(principal?: string): Promise<number>;
  /** Caller principals with a live entry, each once. */
  principals(): readonly string[];
}

export interface AuthCacheOptions {
  readonly rule: AuthCacheRule;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of each login that is no longer kept, for whatever reason. Must not reject. */
  readonly leave: (login: CachedLogin) => Promise<void>;
}

interface Entry {
  readonly login: CachedLogin;
  readonly proof: Uint8Array;
  readonly names: ReadonlySet<string>;
  /** A reading of the clock's timer: setting the clock back prolongs nothing. */
  readonly endsAt: number;
}

/** As long as the MAC: RFC 2104 §3 wants no less. */
const keyBytes = 32;

export function createAuthCache({ rule, clock, random, leave }: AuthCacheOptions): AuthCache {
  /** In order of use. The key of the MAC lives and dies with this process. */
  const entries = new Map<string, Entry>();
  const macKey = random.bytes(keyBytes);
  let flushes = 0;

  function remove(key: string, entry: Entry): Promise<void> {
    entries.delete(key);
    return leave(entry.login);
  }

  const isLive = (entry: Entry) => clock.timer() < entry.endsAt;

  return {
    find(evidence) {
      const shown = shownIn(evidence, macKey);
      const entry = shown && entries.get(shown.key);
      if (shown === undefined || entry === undefined) return undefined;
      if (!isLive(entry)) {
        void remove(shown.key, entry);
        return undefined;
      }
      if (!timingSafeEqual(entry.proof, shown.proof)) return undefined;
      entries.delete(shown.key);
      entries.set(shown.key, entry);
      return entry.login;
    },
    generation: () => flushes,
    keep(evidence, login, generation) {
      const shown = generation === flushes ? shownIn(evidence, macKey) : undefined;
      if (shown === undefined) return;
      const replaced = entries.get(shown.key);
      if (replaced !== undefined) void remove(shown.key, replaced);
      const names = new Set([...shown.names, login.principal, ...namesIn(login.contributions)]);
      entries.set(shown.key, { login, names, proof: shown.proof, endsAt: clock.timer() + rule.lifetimeMs });
      for (const [key, oldest] of entries) {
        if (entries.size <= rule.maxEntries) break;
        void remove(key, oldest);
      }
    },
    async flush(principal) {
      flushes += 1;
      const found = [...entries].filter(([, { names }]) => principal === undefined || names.has(principal));
      await Promise.all(found.map(([key, entry]) => remove(key, entry)));
      return found.length;
    },
    principals() {
      return [...new Set([...entries.values()].filter(isLive).map(({ login }) => login.principal))];
    },
  };
}

interface Shown {
  readonly key: string;
  /** Names that the evidence itself claims. */
  readonly names: readonly string[];
  /** A MAC: neither a password nor anything that it could be guessed from outside of this process. */
  readonly proof: Uint8Array;
}

/**
 * `undefined`: evidence that proves this one moment. Only a name with its password and nothing else, and a certificate
 * chain whose key the connection has proved, mean the same the next time.
 */
function shownIn(evidence: Evidence, macKey: Uint8Array): Shown | undefined {
  switch (evidence.kind) {
    case 'password': {
      const { kind, username, password, ...more } = evidence;
      if (Object.keys(more).length > 0) return undefined;
      return { key: `${kind}:${username}`, names: [username], proof: passwordProof(username, password, macKey) };
    }
    case 'certificate': {
      const digest = chainDigest(evidence.chain);
      const proof = createHmac('sha256', macKey).update(digest).digest();
      return { key: `${evidence.kind}:${digest.toString('base64url')}`, names: [], proof };
    }
    case 'anonymous':
    case 'digest':
    case 'negotiate':
    case 'assertion':
    case 'connection':
      return undefined;
    default:
      return evidence satisfies never;
  }
}

/** UTF-16 as it is in memory: UTF-8 would write every lone surrogate alike, and so take one password for another. */
function passwordProof(username: string, password: Secret<string>, macKey: Uint8Array): Uint8Array {
  const parts = [username, password.reveal()].map((part) => Buffer.from(part, 'utf16le'));
  return createHmac('sha256', macKey).update(lengthPrefixed(parts)).digest();
}

function chainDigest(chain: readonly Uint8Array[]): Buffer {
  return createHash('sha256').update(lengthPrefixed(chain)).digest();
}

/** So that no two lists of parts are the same bytes. */
function lengthPrefixed(parts: readonly Uint8Array[]): Buffer {
  const lengths = Buffer.alloc(4 * parts.length);
  for (const [position, part] of parts.entries()) lengths.writeUInt32BE(part.length, 4 * position);
  return Buffer.concat([lengths, ...parts]);
}

function namesIn(contributions: readonly Contribution[]): readonly string[] {
  return contributions.flatMap(({ identity, callerPrincipal }) =>
    [identity, callerPrincipal].flatMap((principal) => (principal === undefined ? [] : [principal.name])),
  );
}
