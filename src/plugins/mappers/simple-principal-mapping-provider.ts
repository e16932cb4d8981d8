/** @module Mapping module SimplePrincipalMappingProvider: other names for names, by a table (jboss-facts §4.5). */
import { z } from 'zod';
import { definePrincipalMapper } from '../../spi/mapping.ts';
import { nameTable } from '../../wire/role-lists.ts';

const options = z.strictObject({
  principalsMap: nameTable.describe('Names and what becomes of them: `name=other;name2=other2`. Required.'),
});

export const simplePrincipalMappingProvider = definePrincipalMapper({
  code: 'SimplePrincipalMappingProvider',
  summary: 'Gives users other names by a table. A distinguished name stays as it is.',
  options,
  create({ principalsMap }) {
    return {
      async map(principal) {
        const name = principal.type === 'x500' ? undefined : principalsMap.get(principal.name);
        return name === undefined ? principal : { name, type: 'user' };
      },
    };
  },
});
