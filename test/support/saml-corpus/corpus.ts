/** @module The hostile corpus of SAML Responses: one table for the validator, the clinic and every endpoint that reads them. */
import { contents } from './contents.ts';
import { encryptions } from './encryptions.ts';
import type { HostileCase } from './hostile-case.ts';
import { signatures } from './signatures.ts';
import { texts } from './texts.ts';
import { wrapping } from './wrapping.ts';

export const corpus: Readonly<Record<string, readonly HostileCase[]>> = {
  'signature wrapping': wrapping,
  'abuse of signatures': signatures,
  'abuse of XML': texts,
  'the wrong content': contents,
  encryption: encryptions,
};
