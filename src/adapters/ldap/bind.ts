/** @module One simple bind on one connection, and what a directory's refusal of it means. */
import type { BindOutcome } from '../../spi/directory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Secret } from '../../spi/secret.ts';
import { type Connection, isResult, type ResultError } from './connection.ts';
import { ServerDown } from './limits.ts';

/** The library takes these for names of SASL mechanisms where a DN is expected. */
const saslNames: readonly string[] = ['EXTERNAL', 'PLAIN', 'DIGEST-MD5', 'SCRAM-SHA-1'];

/** True where nobody has to be asked: a directory takes an empty name or password for an anonymous bind (RFC 4513 §5.1.1, §5.1.2). */
export function isHollow(dn: string, password: Secret<string>): boolean {
  return dn.trim() === '' || password.reveal() === '' || saslNames.includes(dn);
}

/** @throws ServerDown, ERR_STORE_UNAVAILABLE, ERR_DEADLINE_EXCEEDED */
export async function bind(
  connection: Connection,
  dn: string,
  password: Secret<string>,
  ms: number,
  signal: AbortSignal,
): Promise<BindOutcome> {
  if (isHollow(dn, password)) return 'bad-credential';
  const { PasswordPolicyControl, PasswordPolicyError } = connection.library;
  // draft-behera-ldap-password-policy: OpenLDAP says in it what Active Directory says in its message.
  const policy = new PasswordPolicyControl();
  try {
    await connection.ask((client) => client.bind(dn, password.reveal(), policy), ms, signal);
  } catch (error) {
    if (!isResult(error)) throw error;
    if (policy.value?.error === PasswordPolicyError.AccountLocked) return 'account-locked';
    if (policy.value?.error === PasswordPolicyError.PasswordExpired) return 'password-expired';
    return refusal(error, connection.url);
  }
  return policy.value?.error === PasswordPolicyError.ChangeAfterReset ? 'password-expired' : 'verified';
}

/** Active Directory's `data` sub-codes in a message of invalidCredentials, hexadecimal. */
const subCodes: Readonly<Record<string, BindOutcome>> = {
  '525': 'bad-credential',
  '52e': 'bad-credential',
  '52f': 'account-disabled',
  '530': 'account-disabled',
  '531': 'account-disabled',
  '532': 'password-expired',
  '533': 'account-disabled',
  '701': 'account-disabled',
  '773': 'password-expired',
  '775': 'account-locked',
};

/** RFC 4511 §4.1.9, and what servers use the codes for when they refuse a bind. */
function refusal(error: ResultError, url: string): BindOutcome {
  switch (error.code) {
    case 49: {
      const subCode = /\bdata ([0-9a-f]{3,8})\b/i.exec(error.message)?.[1]?.toLowerCase() ?? '';
      return (Object.hasOwn(subCodes, subCode) ? subCodes[subCode] : undefined) ?? 'bad-credential';
    }
    // noSuchObject, invalidDNSyntax, inappropriateAuthentication: there is nobody to check a password of.
    case 32:
    case 34:
    case 48:
      return 'bad-credential';
    // constraintViolation: too many attempts. unwillingToPerform: the account is inactive (389 Directory Server).
    case 19:
      return 'account-locked';
    case 53:
      return 'account-disabled';
    case 51:
    case 52:
      throw new ServerDown(url, error.message, { cause: error });
    default:
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the directory refuses to check passwords', {
        cause: error,
        facts: { url, code: error.code, problem: error.name },
      });
  }
}
