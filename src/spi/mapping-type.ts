/** @module The types of mapping: what of a subject a mapper changes. */

/** JBoss's types (jboss-facts §4.5), in the order in which they are run. */
export const mappingTypes = ['role', 'principal', 'credential', 'attribute'] as const;
export type MappingType = (typeof mappingTypes)[number];
