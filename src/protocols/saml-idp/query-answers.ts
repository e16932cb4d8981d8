/** @module What partners ask over SOAP about people and assertions (saml-profiles §6), and what they are answered, signed. */

import type { Clock, Random } from '../../spi/clock.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';
import { issueAssertion } from '../../wire/saml/assertion-writer.ts';
import { statusCodes } from '../../wire/saml/constants.ts';
import {
  parseAssertionIdRequest,
  parseAttributeQuery,
  parseRefusedQuery,
  subjectNameOf,
} from '../../wire/saml/queries.ts';
import { signUnsupported } from '../../wire/saml/query-responses.ts';
import { issueStatusResponse, respondWith } from '../../wire/saml/response.ts';
import { canonicalize } from '../../wire/xml/canonicalize.ts';
import type { DecryptionOptions } from '../../wire/xml/decrypt.ts';
import { type AttributeAnswer, type AttributeAnswerOptions, answerAttributes } from './attribute-answer.ts';
import { encryptionFor } from './encryption.ts';
import type { KeptAssertions } from './kept-assertions.ts';
import type { Partner, SignerFor } from './partner.ts';
import type { ArrivedQuery, SignedQueries } from './signed-queries.ts';

export interface QueryAnswersOptions extends AttributeAnswerOptions {
  /** The URL of our SOAP endpoint, as metadata names it. */
  readonly soapUrl: string;
  readonly queries: SignedQueries;
  readonly kept: KeptAssertions;
  readonly signerFor: SignerFor;
  readonly decryption: () => DecryptionOptions;
  readonly assertionLifetimeMs: number;
  readonly clockSkewMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

export interface QueryAnswer {
  readonly xml: string;
  readonly partner: Partner;
  /** Of the audit record; `Success` with whatever was found. */
  readonly status: string;
  /** About whom it was, where that is known. */
  readonly entry?: SsoEntry | undefined;
}

/** Each @throws ERR_XML_*, ERR_SAML_*, ERR_STORE_UNAVAILABLE */
export interface QueryAnswers {
  attributes(arrived: ArrivedQuery): Promise<QueryAnswer>;
  assertions(arrived: ArrivedQuery): Promise<QueryAnswer>;
  /** Kinds of SAML that nobody is answered here. */
  unsupported(arrived: ArrivedQuery): Promise<QueryAnswer>;
}

const idBytes = 20;

export function createQueryAnswers(options: QueryAnswersOptions): QueryAnswers {
  const { entityId: issuer, soapUrl, queries, clock, random } = options;
  const newId = () => `_${Buffer.from(random.bytes(idBytes)).toString('hex')}`;
  const headOf = (inResponseTo: string) => ({ responseId: newId(), now: clock.now(), issuer, inResponseTo });

  async function assertionOf(partner: Partner, answer: Extract<AttributeAnswer, { status: 'known' }>) {
    const { name, entry, attributes } = answer;
    const now = clock.now();
    return issueAssertion(
      {
        assertionId: newId(),
        now,
        issuer,
        audience: partner.entityId,
        nameId: name,
        notBefore: now - options.clockSkewMs,
        notOnOrAfter: Math.min(now + options.assertionLifetimeMs, entry.expiresAt),
        attributes,
        isSigned: partner.settings.sign !== 'response',
        ...encryptionFor(partner, random),
      },
      options.signerFor(partner),
    );
  }

  return {
    async attributes(arrived) {
      const { partner, query } = await queries.accept(arrived, parseAttributeQuery, soapUrl);
      const name = subjectNameOf(query.subject, options.decryption());
      const { wantsConfirmation, attributes: wanted } = query;
      const answer = await answerAttributes(options, { partner, name, wantsConfirmation, wanted });
      const head = headOf(query.id);
      const signer = options.signerFor(partner);
      if (answer.status === 'refused') {
        const { fault, status, detail } = answer.refusal;
        const codes = { status: statusCodes[fault], subStatus: statusCodes[status] };
        const xml = await issueStatusResponse({ ...head, ...codes }, signer);
        const said = detail === undefined ? status : `${status}: ${detail}`;
        return { xml, partner, status: said, entry: answer.entry };
      }
      // saml-core §3.3.4: nothing to say is a success without an assertion.
      const assertions = answer.attributes.length === 0 ? [] : [await assertionOf(partner, answer)];
      const xml = await respondWith({ ...head, assertions, isSigned: true }, signer);
      return { xml, partner, status: 'Success', entry: answer.entry };
    },
    async assertions(arrived) {
      const { partner, query } = await queries.accept(arrived, parseAssertionIdRequest, soapUrl);
      const found = await options.kept.find(partner, query.ids);
      const assertions = found.map((xml) => ({ kind: 'canonical', xml }) as const);
      const xml = await respondWith({ ...headOf(query.id), assertions, isSigned: true }, options.signerFor(partner));
      return { xml, partner, status: found.length === query.ids.length ? 'Success' : 'unknown-assertion' };
    },
    async unsupported(arrived) {
      const { partner, query } = await queries.accept(arrived, parseRefusedQuery, soapUrl);
      const subject = query.subject && canonicalize(query.subject);
      const head = { id: newId(), now: clock.now(), issuer, inResponseTo: query.id, kind: query.kind, subject };
      const xml = await signUnsupported(head, options.signerFor(partner));
      return { xml, partner, status: `RequestUnsupported: ${query.kind}` };
    },
  };
}
