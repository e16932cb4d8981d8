/** @module RelayState of a form or a query: at most once, and not longer than what is carried back. */
import { type FormFields, requiredField } from '../http/form.ts';
import { GatehouseError } from '../spi/errors.ts';
import { maxRelayStateBytes } from '../wire/saml/bindings.ts';

/** @throws ERR_REQUEST_MALFORMED when it came twice, ERR_REQUEST_TOO_LARGE */
export function optionalRelayState(form: FormFields): string | undefined {
  const present = form.repeated.includes('RelayState') || 'RelayState' in form.fields;
  const relayState = present ? requiredField(form, 'RelayState') : undefined;
  if (relayState !== undefined && Buffer.byteLength(relayState) > maxRelayStateBytes) {
    throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'RelayState over the limit', { facts: { maxRelayStateBytes } });
  }
  return relayState;
}
