/** @module How the value of a module option is read: JBoss writes every one as text, YAML writes numbers and booleans as they are. */
import { z } from 'zod';

/** A non-empty text. A YAML number or boolean is taken as the text that it was written as in JBoss. */
export const optionText = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .pipe(z.string().min(1, 'must not be empty'));

/** `true` or `false`, also as text in any case. (JBoss takes every other text for false; here it is an error.) */
export const optionFlag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);
