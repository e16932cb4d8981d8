/** @module Login module SAML2: takes over whom a SAML identity provider has named in a Response that was verified (jboss-facts §2.7). */
import { z } from 'zod';
import type { VerifiedResponseEvidence } from '../src/spi/evidence.ts';
import { isLoginName } from '../src/spi/evidence-limits.ts';
import { type Contribution, defineLoginModule, type ModuleOutcome, type Refusal } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { printable } from '../src/spi/printable.ts';
import { passwordStackingOption, stopIfAborted } from '../src/spi/username-password-module.ts';

const attributeName = optionText;

/** JBoss's group of the roles that count; others are kept beside them. */
const rolesGroup = 'Roles';

/** A session is looked up at every request: what identity providers add by the kilobyte has no place in it. */
const maxAttributeCharacters = 32_768;

/** Of an entityID, in a trace. */
const maxShown = 200;

const options = z.strictObject({
  'role-attribute': z
    .union([attributeName, z.array(attributeName).min(1).max(16)])
    .optional()
    .describe(
      'The name of the attribute whose values are roles, or a list of names. Without it nobody gets a role here: unlike in PicketLink, no other attribute ever becomes a role.',
    ),
  'principal-attribute': attributeName
    .optional()
    .describe("The name of the attribute whose one value is the person's name; the NameID where it is left out."),
  attributes: z
    .array(attributeName)
    .max(256)
    .optional()
    .describe('The names of the attributes that the session keeps; all where it is left out.'),
  groupPrincipalName: optionText
    .default(rolesGroup)
    .describe('The group that the roles go into; only those in `Roles` count for authorization.'),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    '`useFirstPass`: publish the person, so that a later module adds his roles, or take over who an earlier module has proved.',
  ),
});
type Options = z.output<typeof options>;

export const saml2 = defineLoginModule({
  code: 'SAML2',
  summary: 'Trusts what a SAML identity provider says, in a response that was verified; nothing that anybody can type.',
  options,
  create: (settings) => ({
    async login({ evidence, shared, signal }): Promise<ModuleOutcome> {
      stopIfAborted(signal);
      const stacked = shared.read();
      if (stacked?.evidence !== undefined) {
        return { status: 'succeeded', contribution: { identity: { name: stacked.name, type: 'user' }, roles: [] } };
      }
      if (evidence.kind !== 'verified-response') {
        return { status: 'failed', reason: 'unsupported-evidence', note: evidence.kind };
      }
      const name = nameIn(evidence, settings);
      if (typeof name !== 'string') return name;
      const attributes = attributesOf(evidence, settings);
      if (attributes === undefined) {
        return { status: 'failed', reason: 'not-permitted', note: 'more attributes than a session can keep' };
      }
      shared.publish({ name, evidence });
      const identity = { name, type: 'user' } as const;
      return {
        status: 'succeeded',
        contribution: { identity, ...rolesOf(evidence, settings), attributes },
        note: noteOf(evidence),
      };
    },
  }),
});

function nameIn(evidence: VerifiedResponseEvidence, { 'principal-attribute': attribute }: Options): string | Refusal {
  const names =
    attribute === undefined
      ? [evidence.nameId?.value].filter((one) => one !== undefined)
      : valuesOf(evidence, [attribute]);
  const [name] = names;
  const source = attribute === undefined ? 'NameID' : `attribute ${attribute}`;
  if (name === undefined || names.length > 1) {
    return { status: 'failed', reason: 'malformed-name', note: `${names.length} values of ${source}` };
  }
  return isLoginName(name) ? name : { status: 'failed', reason: 'malformed-name', note: source };
}

function rolesOf(evidence: VerifiedResponseEvidence, settings: Options): Pick<Contribution, 'roles' | 'groups'> {
  const roles = valuesOf(evidence, [settings['role-attribute'] ?? []].flat());
  return settings.groupPrincipalName === rolesGroup
    ? { roles }
    : { roles: [], groups: { [settings.groupPrincipalName]: roles } };
}

/** Each once, in the order in which they come. */
function valuesOf({ attributes }: VerifiedResponseEvidence, names: readonly string[]): readonly string[] {
  return [...new Set(attributes.flatMap(({ name, values }) => (names.includes(name) ? values : [])))];
}

/** `undefined` when they are too long together. */
function attributesOf(evidence: VerifiedResponseEvidence, { attributes: wanted }: Options) {
  const names = [...new Set(evidence.attributes.map(({ name }) => name))];
  const kept = names
    .filter((name) => wanted?.includes(name) ?? true)
    .map((name) => [name, valuesOf(evidence, [name])] as const);
  const characters = kept.reduce((sum, [name, values]) => sum + name.length + values.join('').length, 0);
  return characters > maxAttributeCharacters ? undefined : Object.fromEntries(kept);
}

/** What support asks first: who said it, how it was protected, and how the person signed in there. */
function noteOf(evidence: VerifiedResponseEvidence): string {
  const { identityProvider, signed, encrypted, solicited, authnContext } = evidence;
  return [
    `issuer ${printable(identityProvider, maxShown)}`,
    signed === 'both' ? 'response and assertion signed' : `${signed} signed`,
    ...(encrypted ? ['encrypted'] : []),
    solicited ? 'asked for' : 'not asked for',
    ...(authnContext === undefined ? [] : [printable(authnContext, maxShown)]),
  ].join(', ');
}
