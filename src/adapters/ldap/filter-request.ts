/** @module An LDAP filter as the client library sends it: values as the bytes that were meant. */
import type { Filter } from 'ldapts';
import { GatehouseError } from '../../spi/errors.ts';
import type { LdapFilter } from '../../wire/ldap/filter.ts';
import type { Ldapts } from './connection.ts';

/** The library's own reader of filters takes `\c3\ab` for two characters and not for one in UTF-8: it is not asked. */
export function filterRequest(library: Ldapts, filter: LdapFilter): Filter {
  const build = (inner: LdapFilter): Filter => {
    switch (inner.kind) {
      case 'and':
        return new library.AndFilter({ filters: inner.of.map(build) });
      case 'or':
        return new library.OrFilter({ filters: inner.of.map(build) });
      case 'not':
        return new library.NotFilter({ filter: build(inner.of) });
      case 'present':
        return new library.PresenceFilter({ attribute: inner.attribute });
      case 'equal':
        return new library.EqualityFilter({ attribute: inner.attribute, value: Buffer.from(inner.value) });
      case 'at-least':
        return new library.GreaterThanEqualsFilter({ attribute: inner.attribute, value: text(inner.value) });
      case 'at-most':
        return new library.LessThanEqualsFilter({ attribute: inner.attribute, value: text(inner.value) });
      case 'approximate':
        return new library.ApproximateFilter({ attribute: inner.attribute, value: text(inner.value) });
      case 'substring': {
        const parts = inner.parts.map(text);
        const [initial = ''] = parts;
        const any = parts.slice(1, -1).filter((part) => part !== '');
        return new library.SubstringFilter({ attribute: inner.attribute, initial, any, final: parts.at(-1) ?? '' });
      }
      case 'matching-rule':
        return new library.ExtensibleFilter({
          matchType: inner.attribute,
          dnAttributes: inner.dnAttributes,
          value: text(inner.value),
          ...(inner.rule === undefined ? {} : { rule: inner.rule }),
        });
      default:
        return inner satisfies never;
    }
  };
  return build(filter);
}

/** The library compares bytes for equality only. */
function text(value: Uint8Array): string {
  const read = Buffer.from(value).toString('utf8');
  if (Buffer.from(read).equals(value)) return read;
  throw new GatehouseError('ERR_CONFIG_INVALID', 'an LDAP filter compares bytes that are no text with something but =');
}
