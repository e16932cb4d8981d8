/** @module Where the SAML schemas are that come with the program. */
import { join } from 'node:path';

export const schemasFolder = join(import.meta.dirname, '..', '..', 'schemas');
