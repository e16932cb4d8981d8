/** @module The name under which a partner gets to know a person (saml-core §8.3). */
import { createHmac, createSecretKey } from 'node:crypto';
import type { Random } from '../../spi/clock.ts';
import type { Secret } from '../../spi/secret.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';
import { nameIdFormats } from '../../wire/saml/constants.ts';
import type { SubjectIds } from './attribute-release.ts';

export interface NameId {
  readonly format: string;
  readonly value: string;
  /** Where the name is one of an affiliation, or the request has asked for it by name (saml-core §8.3.7). */
  readonly spNameQualifier?: string;
}

/** What follows from this installation's key: names and session indexes that nobody else can make or connect. */
export interface NameIdSource {
  /**
   * @param partner whose name it is to be: a partner's entityID, or an affiliation of several
   * @returns `undefined` when the format is not offered or this person has no such name: the caller answers InvalidNameIDPolicy
   */
  nameIdFor(entry: SsoEntry, partner: string, format: string): NameId | undefined;
  /** Values of `subject-id` and `pairwise-id`; `partner` as above (SAML V2.0 Subject Identifier Attributes Profile §3). */
  subjectIdsFor(entry: SsoEntry, partner: string): SubjectIds;
  /**
   * SessionIndex (saml-core §2.7.2): the same for one session and partner however often it is asked for, so that a logout can
   * name it; different for every partner, so that two of them cannot compare.
   */
  sessionIndexFor(sessionId: string, partner: string): string;
}

/** saml-core §8.3.8 wants 128 bits or more of a transient name. */
const transientBytes = 20;

/**
 * `persistent` is pairwise: HMAC-SHA256 of partner and person under a key of this installation, so that it is stable, and
 * two partners that compare notes find nothing in common (saml-core §8.3.7).
 */
export function createNameIdSource(options: {
  readonly pairwiseKey: Secret<Uint8Array>;
  readonly random: Random;
  /** The part of subject identifiers after the `@`: a domain name of this installation. */
  readonly scope: string;
}): NameIdSource {
  // Node makes an HMAC from a KeyObject at a sixth of what it costs from bytes.
  const key = createSecretKey(options.pairwiseKey.reveal());
  const derived = (purpose: string, ...facts: readonly string[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([purpose, ...facts]))
      .digest();
  return {
    sessionIndexFor: (sessionId, partner) => `_${derived('session-index', sessionId, partner).toString('hex')}`,
    subjectIdsFor: ({ domain, principal }, partner) => ({
      subjectId: () => `${derived('subject-id', domain, principal).toString('hex')}@${options.scope}`,
      pairwiseId: () => `${derived('pairwise-id', partner, domain, principal).toString('hex')}@${options.scope}`,
    }),
    nameIdFor(entry, partner, format) {
      switch (format) {
        case nameIdFormats.unspecified:
          return { format, value: entry.principal };
        case nameIdFormats.emailAddress: {
          return named(
            format,
            entry.attributes['mail']?.[0] ?? (entry.principal.includes('@') ? entry.principal : undefined),
          );
        }
        case nameIdFormats.transient:
          return { format, value: `_${Buffer.from(options.random.bytes(transientBytes)).toString('hex')}` };
        case nameIdFormats.persistent: {
          const value = derived('name-id', partner, entry.domain, entry.principal).toString('base64url');
          return { format, value };
        }
        case nameIdFormats.x509SubjectName:
          return named(format, entry.principals?.find(({ type }) => type === 'x500')?.name);
        case nameIdFormats.kerberos:
          return named(format, entry.principals?.find(({ type }) => type === 'kerberos')?.name);
        case nameIdFormats.windowsDomainQualifiedName:
          return named(format, windowsNameOf(entry));
        default:
          return undefined;
      }
    },
  };
}

function named(format: string, value: string | undefined): NameId | undefined {
  return value === undefined ? undefined : { format, value };
}

/** What Active Directory calls a person by domain and name; only it knows which domain that is. */
const windowsNameAttribute = 'msDS-PrincipalName';

function windowsNameOf({ attributes, principal, principals = [] }: SsoEntry): string | undefined {
  const names = [...(attributes[windowsNameAttribute] ?? []), principal, ...principals.map(({ name }) => name)];
  return names.find((name) => /^[^\\@]+\\[^\\]+$/.test(name));
}
