/** @module The linter of metadata: everything that is wrong with a document, not the first thing alone. */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../../../spi/errors.ts';
import { dsigNamespace, signatureMethodOf } from '../../xml/algorithms.ts';
import { attribute, child, children, isElement, textOf, type XmlElement } from '../../xml/element.ts';
import { aggregateLimits } from '../../xml/limits.ts';
import { splitXml } from '../../xml/split.ts';
import { nameIdFormats, saml2Protocol, samlNamespaces } from '../constants.ts';
import { readEntitiesOf } from '../entities.ts';
import { earlier, instantAttribute } from '../metadata-fields.ts';
import { identityProvider, serviceProvider } from '../metadata-reader.ts';
import { endpointFindings } from './endpoints.ts';
import { finding, type LintFinding } from './finding.ts';
import { keyFindings } from './keys.ts';

const { md } = samlNamespaces;
const weekMs = 7 * 86_400_000;
const maxEntityIdLength = 1024;

/** Of an aggregate with a mistake in every entity; a person reads no more. */
const maxFindings = 1000;

export interface LintOptions {
  readonly as: 'sp' | 'idp';
  readonly now: number;
  /** Assertions are to be encrypted for it. */
  readonly encrypt: boolean;
  /** Who should have signed it. */
  readonly pins: readonly KeyObject[] | undefined;
}

export interface LintReport {
  readonly entities: number;
  readonly findings: readonly LintFinding[];
  /** True when there were more than are shown. */
  readonly isCut: boolean;
}

export function lintMetadata(bytes: Buffer, options: LintOptions): LintReport {
  const findings: LintFinding[] = [];
  const seen = new Set<string>();
  const outer: (number | undefined)[] = [];
  let root: XmlElement | undefined;
  let entities = 0;
  const isGroup = (tag: XmlElement) => isElement(tag, md, 'EntitiesDescriptor');
  try {
    for (const piece of splitXml(bytes, isGroup, aggregateLimits)) {
      if (piece.kind === 'close') outer.pop();
      else if (piece.kind === 'open') {
        root ??= piece.element;
        outer.push(earlier(outer.at(-1), limitOf(piece.element, findings)));
      } else if (piece.kind === 'element') {
        const isRoot = root === undefined;
        root ??= piece.element;
        const { element } = piece;
        if (isElement(element, dsigNamespace, 'Signature')) findings.push(...signatureFindings(element));
        else if (isElement(element, md, 'EntityDescriptor')) {
          entities += 1;
          if (isRoot) findings.push(...children(element, dsigNamespace, 'Signature').flatMap(signatureFindings));
          findings.push(...entityFindings(element, outer.at(-1), seen, options));
        } else if (isRoot)
          findings.push(finding('not-read', { detail: 'its root is neither EntityDescriptor nor EntitiesDescriptor' }));
      }
      if (findings.length > maxFindings) return { entities, findings: findings.slice(0, maxFindings), isCut: true };
    }
  } catch (error) {
    findings.push(finding('not-read', { detail: wordsOf(error) }));
    return { entities, findings, isCut: false };
  }
  findings.push(...wholeFindings(bytes, root, options));
  return { entities, findings, isCut: false };
}

function wholeFindings(bytes: Buffer, root: XmlElement | undefined, { pins }: LintOptions): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  if (pins !== undefined) {
    try {
      for (const _ of readEntitiesOf(bytes, pins));
    } catch (error) {
      // The rest has its findings already.
      if (!(error instanceof GatehouseError)) throw error;
      if (error.code === 'ERR_XML_SIGNATURE') findings.push(finding('signature-wrong', { detail: error.message }));
    }
    if (root !== undefined && attribute(root, 'validUntil') === undefined)
      findings.push(finding('valid-until-missing'));
  }
  return findings;
}

function signatureFindings(signature: XmlElement): readonly LintFinding[] {
  const info = child(signature, dsigNamespace, 'SignedInfo');
  const reference = info && child(info, dsigNamespace, 'Reference');
  const algorithms = [
    info && child(info, dsigNamespace, 'SignatureMethod'),
    reference && child(reference, dsigNamespace, 'DigestMethod'),
  ].map((element) => (element === undefined ? '' : (attribute(element, 'Algorithm') ?? '')));
  const weak = algorithms.find((uri) => uri.endsWith('sha1') && signatureMethodOf(uri) === undefined);
  return weak === undefined ? [] : [finding('signature-sha1', { detail: weak })];
}

function limitOf(element: XmlElement, findings: LintFinding[], entityId?: string): number | undefined {
  try {
    return instantAttribute(element, 'validUntil');
  } catch (error) {
    findings.push(finding('role-unreadable', { ...at(entityId), detail: `validUntil: ${wordsOf(error)}` }));
    return undefined;
  }
}

function entityFindings(
  entity: XmlElement,
  outer: number | undefined,
  seen: Set<string>,
  options: LintOptions,
): readonly LintFinding[] {
  const entityId = attribute(entity, 'entityID')?.trim() ?? '';
  const findings: LintFinding[] = [];
  if (entityId === '' || entityId.length > maxEntityIdLength) return [finding('entity-id-missing')];
  if (seen.has(entityId)) findings.push(finding('entity-twice', { entityId }));
  seen.add(entityId);
  const roleName = options.as === 'sp' ? 'SPSSODescriptor' : 'IDPSSODescriptor';
  const [role, second] = children(entity, md, roleName).filter((one) =>
    (attribute(one, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(saml2Protocol),
  );
  if (role === undefined) {
    // An aggregate holds both kinds, and only one was asked about.
    const isOther = children(entity, md, options.as === 'sp' ? 'IDPSSODescriptor' : 'SPSSODescriptor').length > 0;
    return isOther && seen.size + findings.length > 1
      ? findings
      : [...findings, finding('role-missing', { entityId, detail: roleName })];
  }
  if (second !== undefined) findings.push(finding('role-twice', { entityId, detail: roleName }));
  const validUntil = earlier(earlier(outer, limitOf(entity, findings, entityId)), limitOf(role, findings, entityId));
  findings.push(
    ...lifetimeFindings(entityId, validUntil, options.now),
    ...keyFindings(entityId, role, options),
    ...endpointFindings(entityId, role, options.as),
    ...nameIdFindings(entityId, role),
  );
  return findings.some(({ level }) => level === 'error')
    ? findings
    : [...findings, ...readFindings(entity, entityId, options)];
}

/** What the reader of the server says, last: there is no document that passes here and fails there. */
function readFindings(entity: XmlElement, entityId: string, { as }: LintOptions): readonly LintFinding[] {
  try {
    if (as === 'sp') serviceProvider(entity, undefined);
    else identityProvider(entity, undefined);
    return [];
  } catch (error) {
    return [finding('role-unreadable', { entityId, detail: wordsOf(error) })];
  }
}

function lifetimeFindings(entityId: string, validUntil: number | undefined, now: number): readonly LintFinding[] {
  if (validUntil === undefined || validUntil - now > weekMs) return [];
  const detail = new Date(validUntil).toISOString();
  return [finding(validUntil <= now ? 'valid-until-passed' : 'valid-until-soon', { entityId, detail })];
}

function nameIdFindings(entityId: string, role: XmlElement): readonly LintFinding[] {
  const formats = children(role, md, 'NameIDFormat').map((format) => textOf(format)?.trim() ?? '');
  const known: readonly string[] = Object.values(nameIdFormats);
  if (formats.length === 0 || formats.some((format) => known.includes(format))) return [];
  return [finding('name-id-unknown', { entityId, detail: formats.join(', ') })];
}

function at(entityId: string | undefined) {
  return entityId === undefined ? {} : { entityId };
}

/** @throws what is no fault of ours */
function wordsOf(error: unknown): string {
  if (!(error instanceof GatehouseError)) throw error;
  const offset = error.facts['offset'];
  return offset === undefined ? error.message : `${error.message} (at ${offset})`;
}
