/** @module The clinic's judge: the validators of the endpoints themselves, with what the case expects in place of a configuration. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readBounded, readBoundedText } from '../../adapters/bounded-file.ts';
import { createMemoryEphemeralStore } from '../../adapters/memory-ephemeral-store.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { fixedPartners } from '../../metadata/partners.ts';
import { createPartner } from '../../protocols/saml-idp/partner.ts';
import type { Partners } from '../../protocols/saml-idp/partners.ts';
import { diagnoseRequest } from '../../protocols/saml-idp/request-diagnosis.ts';
import { createRequestReader, maxRequestAgeMs } from '../../protocols/saml-idp/request-reader.ts';
import { createRequestUse } from '../../protocols/saml-idp/request-use.ts';
import { defaultClockSkewMs, defaultMaxAuthnAgeMs } from '../../protocols/saml-sp/accepted-response.ts';
import { createAssertionUse } from '../../protocols/saml-sp/assertion-use.ts';
import { diagnoseResponse } from '../../protocols/saml-sp/refusals.ts';
import { createResponseValidator } from '../../protocols/saml-sp/response-validator.ts';
import { createSchemaWall } from '../../server/schema-wall.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { ContentCipher } from '../../spi/xml-encryption.ts';
import { type IdpMetadata, readIdpMetadata, readMetadata } from '../../wire/saml/metadata-reader.ts';
import { addressNamed } from './address.ts';
import { type Arrived, arrivedMessage } from './message.ts';
import type { SamlCase } from './saml-case.ts';
import { answerVerdict, questionVerdict, type Verdict } from './verdict.ts';

export interface JudgeOptions {
  readonly schemasFolder: string;
  readonly readStandardInput: () => Promise<Uint8Array>;
  /** Whether a message that was accepted once is refused the second time. */
  readonly remember: boolean;
}

/** @throws GatehouseError for what is wrong with the case and not with the message: metadata, key, file. */
export type Judge = (one: SamlCase) => Promise<Verdict>;

const maxMetadataBytes = 16 * 1024 * 1024;
const maxKeyBytes = 64 * 1024;
/** Far over what the endpoints take, so that it is they who say that it is too much. */
const maxMessageBytes = 64 * 1024 * 1024;

const strictCiphers: readonly ContentCipher[] = ['aes128-gcm', 'aes256-gcm'];
const allCiphers: readonly ContentCipher[] = [...strictCiphers, 'aes128-cbc', 'aes256-cbc'];

export function createJudge(options: JudgeOptions): Judge {
  const validateSchema = createSchemaWall(options.schemasFolder);
  let now = 0;
  const clock: Clock = { now: () => now, timer: systemClock.timer };
  const ephemeral = createMemoryEphemeralStore({ clock });
  const identityProviders = kept(async (path) => readIdpMetadata(await textOf(path, maxMetadataBytes)));
  const partnersOf = kept(async (path) => partnersIn(await textOf(path, maxMetadataBytes), path));
  const strictPartnersOf = kept(async (path) => partnersIn(await textOf(path, maxMetadataBytes), path, true));
  const privateKeys = kept(async (path) => privateKeyOf(await textOf(path, maxKeyBytes), path));
  const skewOf = ({ skewSeconds }: SamlCase) => (skewSeconds === undefined ? defaultClockSkewMs : skewSeconds * 1000);

  async function judgeResponse(one: SamlCase, message: Uint8Array): Promise<Verdict> {
    const providers = await identityProviders(one.partnerMetadata);
    if (providers.length === 0) throw badMetadata('it holds no identity provider of SAML 2.0', one.partnerMetadata);
    const keys = one.decryptKey === undefined ? [] : [await privateKeys(one.decryptKey)];
    const decryption = { keys, ciphers: one.allowCbc ? allCiphers : strictCiphers };
    const unchecked = one.acs === undefined ? ['destination', 'recipient'] : [];
    const validate = createResponseValidator({
      clock,
      validateSchema,
      trustIn: (issuer) => ({ keys: providerOf(providers, issuer, now).signingKeys, decryption }),
    });
    return judged(one, unchecked, diagnoseResponse, async (named) => {
      const arrived = arrivedMessage(message, one);
      const accepted = await validate(arrived, {
        entityId: one.entityId,
        acsUrl: one.acs ?? addressNamed(xmlOf(arrived)),
        request: one.inResponseTo,
        allowUnsolicited: true,
        clockSkewMs: skewOf(one),
        maxAuthnAgeMs: one.maxAuthnAgeSeconds === undefined ? defaultMaxAuthnAgeMs : one.maxAuthnAgeSeconds * 1000,
      });
      if (options.remember) await createAssertionUse({ ephemeral, clock })(accepted);
      return answerVerdict(accepted, named);
    });
  }

  async function judgeRequest(one: SamlCase, message: Uint8Array): Promise<Verdict> {
    const partners = await (one.requireSigned ? strictPartnersOf : partnersOf)(one.partnerMetadata);
    const clockSkewMs = skewOf(one);
    const requestUse = createRequestUse({ ephemeral, keepMs: maxRequestAgeMs + 2 * clockSkewMs });
    const sso = one.sso ?? defaultSsoUrl(one.entityId);
    return judged(one, sso === undefined ? ['destination'] : [], diagnoseRequest, async (named) => {
      const arrived = arrivedMessage(message, one);
      const ssoUrl = sso ?? addressNamed(xmlOf(arrived));
      const read = createRequestReader({
        partners,
        entityId: one.entityId,
        clock,
        requestUse,
        ssoUrl,
        clockSkewMs,
        validateSchema,
      });
      const accepted = await read(arrived);
      if (options.remember) await requestUse.use(accepted);
      return questionVerdict(accepted, named);
    });
  }

  return async (one) => {
    now = one.at ?? systemClock.now();
    const message = await messageOf(one, options);
    return one.as === 'sp' ? judgeResponse(one, message) : judgeRequest(one, message);
  };
}

/** A refusal is a verdict; a fault that says nothing about the message goes on. */
async function judged(
  { id, as }: SamlCase,
  unchecked: readonly string[],
  diagnose: typeof diagnoseResponse,
  judge: (named: { id: SamlCase['id']; as: SamlCase['as']; unchecked: readonly string[] }) => Promise<Verdict>,
): Promise<Verdict> {
  const named = { id, as, unchecked };
  try {
    return await judge(named);
  } catch (error) {
    const diagnosis = error instanceof GatehouseError ? diagnose(error) : undefined;
    if (!(error instanceof GatehouseError) || diagnosis === undefined) throw error;
    return { ...named, verdict: 'refuse', code: error.code, ...diagnosis, message: error.message, facts: error.facts };
  }
}

function providerOf(providers: readonly IdpMetadata[], issuer: string, now: number): IdpMetadata {
  const found = providers.find(({ entityId }) => entityId === issuer);
  if (found !== undefined && (found.validUntil === undefined || now < found.validUntil)) return found;
  const message = found === undefined ? 'no identity provider has this entityID' : 'the metadata has run out';
  throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', message, { facts: { issuer: issuer.slice(0, 200) } });
}

function partnersIn(xml: string, path: string, requireSignedRequests?: boolean): Partners {
  const providers = readMetadata(xml);
  if (providers.length === 0) throw badMetadata('it holds no service provider of SAML 2.0', path);
  const settings = { sign: 'assertion', roleAttribute: 'Role', requireSignedRequests } as const;
  return fixedPartners(providers.map((sp) => createPartner(sp, settings)));
}

/** Where Gatehouse serves an identity provider that has the entityID of its defaults. */
function defaultSsoUrl(entityId: string): string | undefined {
  return entityId.endsWith('/saml/idp') ? `${entityId}/sso` : undefined;
}

function xmlOf(arrived: Arrived): string {
  return arrived.binding === 'HTTP-POST' ? arrived.xml : arrived.message.xml;
}

async function messageOf({ source }: SamlCase, { readStandardInput }: JudgeOptions): Promise<Uint8Array> {
  if ('text' in source) return Buffer.from(source.text);
  if (source.file === '-') return readStandardInput();
  const read = await readBounded(source.file, maxMessageBytes);
  if (read.status === 'read') return read.bytes;
  throw unreadable(source.file, read.status === 'unchanged' ? 'it has not changed' : read.problem);
}

async function textOf(path: string, maxBytes: number): Promise<string> {
  const read = await readBoundedText(path, maxBytes);
  if ('problem' in read) throw unreadable(path, read.problem);
  return read.text;
}

function privateKeyOf(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw unreadable(file, 'it holds no private key in PEM');
  }
}

function unreadable(file: string, problem: string): GatehouseError {
  return new GatehouseError('ERR_CONFIG_UNREADABLE', 'a file of the case cannot be used', { facts: { file, problem } });
}

function badMetadata(problem: string, file: string): GatehouseError {
  return new GatehouseError('ERR_SAML_METADATA', "the partner's metadata cannot be used", { facts: { file, problem } });
}

/** Read once in a batch. */
function kept<T>(read: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (path) => {
    const found = known.get(path) ?? read(path);
    known.set(path, found);
    return found;
  };
}
