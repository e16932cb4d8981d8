/** @module How long metadata may be kept: `xs:duration` of `cacheDuration` (saml-metadata §2.2.1; XML Schema part 2 §3.2.6). */
import { attribute, type XmlElement } from '../xml/element.ts';
import { metadataFault } from './metadata-fields.ts';

const duration =
  /^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.\d{1,20})?S)?)?$/;

/** A month and a year at their shortest: a copy is never kept longer than was allowed. */
const unitMs = [365 * 86_400_000, 28 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds; `undefined` when it is no duration, is negative or names nothing. */
export function parseDuration(text: string): number | undefined {
  const parts = duration.exec(text.trim());
  if (parts === null || /^P$|T$/.test(text.trim())) return undefined;
  return unitMs.reduce((sum, ms, index) => sum + Number(parts[index + 1] ?? 0) * ms, 0);
}

/** `undefined` when absent. @throws ERR_SAML_METADATA */
export function durationAttribute(element: XmlElement, name: string): number | undefined {
  const value = attribute(element, name);
  if (value === undefined) return undefined;
  const ms = parseDuration(value);
  if (ms === undefined) throw metadataFault('A duration is not an xs:duration');
  return ms;
}
