/** @module Login module Totp: a second factor after a password, the code of an authenticator (RFC 6238) or a recovery code. */
import { z } from 'zod';
import type { PasswordEvidence } from '../src/spi/evidence.ts';
import { isLoginName } from '../src/spi/evidence-limits.ts';
import { type Contribution, defineLoginModule, type LoginContext, type Refusal } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { Secret } from '../src/spi/secret.ts';
import type { LoginRequest } from '../src/spi/security-domain.ts';
import { stopIfAborted } from '../src/spi/username-password-module.ts';
import { sqlOption } from '../src/wire/database-roles.ts';
import { createEnrolments } from '../src/wire/one-time-code/enrolments.ts';
import { openOneTimeCodeFile } from '../src/wire/one-time-code/file-store.ts';
import { openOneTimeCodeTable } from '../src/wire/one-time-code/sql-store.ts';
import { codeAlgorithms } from '../src/wire/one-time-code/totp.ts';

const options = z.strictObject({
  'password-stacking': z
    .string({ error: 'is needed: the name is the one that an earlier module has proved' })
    .regex(/^useFirstPass$/i, 'the only value is useFirstPass')
    .describe('`useFirstPass`: the name is the one that an earlier module has proved, which needs the option too.'),
  enrolment: z
    .enum(['required', 'optional'])
    .default('required')
    .describe(
      '`required`: who has no authenticator is refused. `optional`: he is let in by what the earlier modules have proved, and the trace says so.',
    ),
  asked: z
    .enum(['always', 'when-needed'])
    .default('always')
    .describe(
      '`when-needed`: only where the application asks for a second factor (a SAML partner by RequestedAuthnContext); everybody else signs in without a code.',
    ),
  'code-in-password': optionFlag
    .default(false)
    .describe(
      'Take the code from the end of the password where it cannot be asked for, as with BASIC. Otherwise such a login is refused.',
    ),
  file: optionText
    .default('one-time-codes.properties')
    .describe(
      'File of sealed secrets, a line for each person; not looked at with `datasource`. Begin with an empty one.',
    ),
  datasource: optionText.optional().describe('The datasource whose table has the sealed secrets.'),
  query: sqlOption(1)
    .default('select user_name, record from one_time_codes where user_name = ?')
    .describe('Asks for name, first column, and record, second column, of the name that stands in for the `?`.'),
  'insert-statement': sqlOption(2)
    .default('insert into one_time_codes (user_name, record) values (?, ?)')
    .describe('Keeps a record; its `?` are name, record.'),
  'update-statement': sqlOption(3)
    .default('update one_time_codes set record = ? where user_name = ? and record = ?')
    .describe('Replaces a record where it is still the old one; its `?` are new record, name, old record.'),
  'delete-statement': sqlOption(2)
    .default('delete from one_time_codes where user_name = ? and record = ?')
    .describe('Removes a record where it is still that one; its `?` are name, record.'),
  'list-query': sqlOption(0)
    .default('select user_name from one_time_codes')
    .describe('Asks for all names, first column, for `gatehouse totp list`.'),
  algorithm: z
    .enum(codeAlgorithms)
    .default('SHA-1')
    .describe('Of new authenticators. Many programs can only do `SHA-1`, which is not weak in this use.'),
  digits: z
    .literal([6, 8])
    .default(6)
    .describe('Length of the codes of new authenticators. Many programs can only do 6.'),
  issuer: optionText.default('Gatehouse').describe('What the authenticator shows above the codes.'),
});

export const totp = defineLoginModule({
  code: 'Totp',
  flags: ['required', 'requisite'],
  summary: 'A second factor: the code of an authenticator (RFC 6238) or a recovery code, after a password.',
  options,
  async create(settings, services) {
    const { enrolment, algorithm, digits, issuer } = settings;
    const store =
      settings.datasource === undefined
        ? await openOneTimeCodeFile(settings.file, services)
        : openOneTimeCodeTable(services.datasource(settings.datasource), {
            query: settings.query,
            insert: settings['insert-statement'],
            update: settings['update-statement'],
            delete: settings['delete-statement'],
            list: settings['list-query'],
          });
    const { oneTimeCodes, find, verify } = createEnrolments({
      store,
      issuer,
      services,
      parameters: { algorithm, digits },
      required: enrolment === 'required',
    });

    /** How many digits at the end of the password are a code. None where the person has no authenticator. */
    async function codeLength({ username }: PasswordEvidence, signal: AbortSignal): Promise<number> {
      return (await find(username, signal))?.authenticator.digits ?? 0;
    }

    return {
      oneTimeCodes,
      // A code is good once; a login that is remembered would make it good for minutes.
      neverCached: true,
      async readEvidence(evidence, request, signal) {
        if (evidence.kind !== 'password' || evidence.oneTimeCode !== undefined) return evidence;
        if (!settings['code-in-password'] || canAnswer(request) || !isLoginName(evidence.username)) return evidence;
        return withCodeOf(evidence, await codeLength(evidence, signal));
      },
      async login(context) {
        stopIfAborted(context.signal);
        const stacked = context.shared.read();
        if (stacked?.evidence === undefined) {
          return refused('not-permitted', 'no earlier module with password-stacking has proved a name');
        }
        const { name } = stacked;
        const enrolled = await find(name, context.signal);
        if (enrolled === undefined) {
          return enrolment === 'required'
            ? refused('not-permitted', 'not enrolled, and enrolment is required')
            : { status: 'succeeded', contribution: proved(name, context), note: 'no second factor: not enrolled' };
        }
        const { evidence, request, dryRun, signal } = context;
        if (settings.asked === 'when-needed' && !isNeeded(context)) {
          return { status: 'succeeded', contribution: proved(name, context), note: 'no second factor: not asked for' };
        }
        // Tried out without a password: this is as far as it goes.
        if (evidence.kind === 'assumed') return { status: 'challenge', challenge: { kind: 'one-time-code' } };
        if (evidence.kind !== 'password') return refused('unsupported-evidence', `${evidence.kind} has no code`);
        if (evidence.oneTimeCode === undefined) {
          if (canAnswer(request)) return { status: 'challenge', challenge: { kind: 'one-time-code' } };
          const wanted = settings['code-in-password'] ? 'the password must end in it' : 'code-in-password is not set';
          return refused('unsupported-evidence', `${request.mechanism} cannot be asked for a code, and ${wanted}`);
        }
        const typed = evidence.oneTimeCode.reveal();
        const { sourceAddress } = request;
        const verdict = await verify(enrolled, { typed, sourceAddress, dryRun }, signal);
        stopIfAborted(signal);
        if (verdict.status === 'refused') return refused('bad-credential', `one-time code: ${verdict.reason}`);
        const note = verdict.by === 'code' ? 'one-time code' : `recovery code, ${verdict.left} left`;
        return { status: 'succeeded', contribution: { ...proved(name, context), factors: ['one-time-code'] }, note };
      },
    };
  },
});

/** A code that was shown is checked in any case: a wrong one must not pass because nobody had asked. */
function isNeeded({ evidence, request }: LoginContext): boolean {
  const shown = evidence.kind === 'password' && evidence.oneTimeCode !== undefined;
  return shown || request.factors?.includes('one-time-code') === true;
}

function canAnswer({ answers = [] }: LoginRequest): boolean {
  return answers.includes('one-time-code');
}

/** Password and code apart, where the password ends in so many digits. */
function withCodeOf(evidence: PasswordEvidence, digits: number): PasswordEvidence {
  const text = evidence.password.reveal();
  const code = text.slice(text.length - digits);
  if (digits === 0 || text.length < digits || !/^\d+$/.test(code)) return evidence;
  return { ...evidence, password: new Secret(text.slice(0, -digits)), oneTimeCode: new Secret(code) };
}

/** The identity as the module that has proved it wrote it: one person stays one principal. */
function proved(name: string, { contributions }: LoginContext): Contribution {
  const known = contributions.find(({ identity }) => identity?.name === name)?.identity;
  return { identity: known ?? { name, type: 'user' }, loginName: name };
}

function refused(reason: Refusal['reason'], note: string): Refusal {
  return { status: 'failed', reason, note };
}
