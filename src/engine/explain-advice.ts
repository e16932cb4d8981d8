/** @module What follows from a refusal and what to do about it, by reason. */

export interface Advice {
  readonly means: string;
  readonly next: string;
}

interface Asked {
  readonly domain?: string;
  /** Its name, or the names of several. */
  readonly module?: string | undefined;
}

/** `undefined` for a reason that a module of somebody's own has made up. */
export function adviceOn(reason: string, { domain, module = 'the module' }: Asked): Advice | undefined {
  const found = byReason[reason];
  if (found === undefined) return undefined;
  const rehearsal = `gatehouse test-login --domain ${domain} --user <name> --assume-password`;
  const fill = (text: string) => text.replaceAll('{rehearsal}', rehearsal).replaceAll('{module}', module);
  return { means: fill(found.means), next: fill(found.next) };
}

const down: Advice = {
  means: 'This says nothing about the password. The person saw that signing in is not possible at the moment.',
  next: 'Look at the store behind {module}: is it up, can this machine reach it? `/metrics` and the log show since when.',
};

const byReason: Readonly<Record<string, Advice>> = {
  'bad-credential': {
    means:
      'The user exists; only the password, code or certificate was wrong. The person was not told which. With a lock-out in the domain this counts towards it.',
    next: 'Try again, or set a new password. `{rehearsal}` shows what the right one would lead to.',
  },
  'unknown-user': {
    means:
      'No password can help: the store of {module} has no user of this name. The person was told the same as after a wrong password.',
    next: 'Look for a typing error in the name, and whether the user is in the store that {module} asks.',
  },
  'no-roles': {
    means: 'Who it is has been proved; what is missing is a role in the store of {module}.',
    next: 'Give the user a role there, or let the module do without one.',
  },
  'unsupported-evidence': {
    means:
      'What the client showed is of a kind that {module} never accepts. Whether it was right has not been looked at.',
    next: 'Compare the mechanisms of the application with the modules of the domain, their order and their password-stacking.',
  },
  'malformed-name': {
    means: 'No store was asked about this name.',
    next: 'Look for a client that sends something else than a name.',
  },
  'account-disabled': {
    means: 'The right password would not help: the store does not let this account in.',
    next: 'Enable or unlock the account, or have its password changed, in the store of {module}.',
  },
  'not-permitted': {
    means: 'A rule of {module} is against it, whatever the password.',
    next: 'Look at the options of {module}.',
  },
  'locked-out': {
    means: 'The password was not looked at: it may have been right. Attempts during the lock do not make it longer.',
    next: 'Wait for `lock-seconds` of the domain to pass, or sign in from another network. Look at the refused logins before this one.',
  },
  'lock-out-unavailable': down,
  ERR_STORE_UNAVAILABLE: down,
  ERR_DEADLINE_EXCEEDED: down,
  ERR_CIRCUIT_OPEN: down,
  ERR_OVERLOADED: {
    means: 'This says nothing about the password: the server had more logins than it could check.',
    next: 'Try again. If it happens often, give the server more cores, or look for somebody who guesses.',
  },
  ERR_LOGIN_MODULE_BUG: {
    means: 'This says nothing about the password. Every login that comes to this module in the same way is refused.',
    next: 'Look in the log for this decision: it has the error with its place. Report it to who wrote the module.',
  },
  'all-ignored': {
    means: 'Each module found that this login is none of its business, and so nobody vouched for it.',
    next: 'The stack needs a module that checks what the mechanism brings.',
  },
  'no-identity': { means: 'A login needs a name.', next: 'Add a module that names who it is.' },
  'other-principal': {
    means:
      'Each proof was right, and they were of different people: two factors are only worth something of one person.',
    next: 'If it is one person, map the name of one of them, such as the subject of a certificate with SubjectCNMapper, so that both are called the same.',
  },
  'role-missing': {
    means: 'The login itself was in order.',
    next: 'Give the user one of the roles that the constraint names, and sign in again: roles are those of the login.',
  },
  'not-authenticated': {
    means: 'Nothing is wrong: the person was asked to sign in.',
    next: 'Nothing, unless the person could not sign in after that.',
  },
  'malformed-evidence': {
    means: 'Nobody was asked about it.',
    next: 'Look for a client that sends a broken Authorization field.',
  },
  excluded: {
    means: 'A constraint with an empty list of roles closes it.',
    next: 'Change the constraint, if this is not meant.',
  },
  'method-not-covered': {
    means: 'It is refused for everybody, with any role.',
    next: 'Name the method in a constraint of the same path, if it is meant to be allowed.',
  },
  'malformed-path': {
    means: 'Honest clients do not send such paths.',
    next: 'Look for somebody who tries things out.',
  },
  transport: {
    means: 'Nobody was asked for a password over a connection that others can read.',
    next: 'Use the HTTPS address; behind a proxy, see that it is in `trusted-proxies` and sends X-Forwarded-Proto.',
  },
  'no-module-permits': {
    means: 'Nobody objected, and nobody agreed.',
    next: 'Look at the authorization of the domain.',
  },
};
