/** @module The schema wall of the SAML endpoints: OASIS's schemas of protocol messages, as a second opinion. */

/** Compiled at the first use, so that a start does not wait for it. The function it returns throws ERR_XML_SCHEMA. */
export function createSchemaWall(folder: string): (xml: string) => Promise<void> {
  const load = async () => (await import('../adapters/saml-schemas.ts')).loadSamlSchemas(folder);
  let loading: ReturnType<typeof load> | undefined;
  return async (xml) => {
    loading ??= load();
    (await loading).validate('protocol', xml);
  };
}
