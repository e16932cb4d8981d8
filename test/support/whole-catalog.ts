/** @module The catalogue with every plug-in loaded. */
import { openCatalog } from '../../src/catalog.ts';

export const catalog = await openCatalog();
