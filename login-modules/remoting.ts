/** @module Login module Remoting: takes over the user whom a realm has authenticated on the connection (jboss-facts §2.6). */
import { z } from 'zod';
import { isLoginName } from '../src/spi/evidence-limits.ts';
import { defineLoginModule, type ModuleOutcome } from '../src/spi/login-module.ts';
import { optionFlag } from '../src/spi/option-values.ts';
import { passwordStackingOption, stopIfAborted } from '../src/spi/username-password-module.ts';

const options = z.strictObject({
  useClientCert: optionFlag
    .refine((value) => !value, 'true is not in this version: a connection does not hand on its certificate')
    .default(false)
    .describe(
      'Publish the certificate of the peer in place of the connection. Only `false` in this version: a connection does not hand it on.',
    ),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    '`useFirstPass`: publish the user and the connection, so that a later module adds his roles.',
  ),
});

export const remoting = defineLoginModule({
  code: 'Remoting',
  summary: 'Trusts the user of an authenticated connection; has no opinion about any other evidence.',
  options,
  create() {
    return {
      async login({ evidence, shared, signal }) {
        stopIfAborted(signal);
        const stacked = shared.read();
        if (stacked?.evidence !== undefined) {
          return trusted(stacked.name);
        }
        if (evidence.kind !== 'connection') {
          return { status: 'ignored', note: 'not an authenticated connection' };
        }
        if (!isLoginName(evidence.username)) {
          return { status: 'failed', reason: 'malformed-name' };
        }
        shared.publish({ name: evidence.username, evidence });
        return trusted(evidence.username);
      },
    };
  },
});

function trusted(name: string): ModuleOutcome {
  const principal = { name, type: 'user' } as const;
  return { status: 'succeeded', contribution: { identity: principal, callerPrincipal: principal, roles: [] } };
}
