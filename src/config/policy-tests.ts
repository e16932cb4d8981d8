/** @module The file of a policy test: cases of a login and what has to come of each, checked as strictly as the configuration. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { type Finding, formatPath, type Problem, sortProblems } from './problem.ts';
import { maxEntries, name, path, text } from './schema-fields.ts';
import { type Checked, schemaFindings } from './schema-findings.ts';
import { fillSecrets, type SecretSources } from './secrets.ts';
import { parseYamlTree } from './yaml-tree.ts';

const role = () => text().max(256);
const roles = () => z.array(role()).max(maxEntries).optional();

const expectationSchema = z.strictObject({
  status: z
    .enum(['authenticated', 'denied', 'unavailable', 'challenge'])
    .optional()
    .describe('What comes of the login. `unavailable`: a store that had to be asked could not be.'),
  principal: text().optional().describe('The name that applications see.'),
  roles: roles().describe('Exactly these roles, in any order.'),
  'roles-include': roles().describe('At least these roles.'),
  'roles-exclude': roles().describe('None of these roles.'),
  'decided-by': text().optional().describe('Words of the rule that decided: the name of a module, a flag, a reason.'),
  access: z.enum(['permit', 'deny']).optional().describe('What the application answers.'),
  'access-reason': text().optional().describe('Why, in the words of the application: `role-missing`, `transport` …'),
});

const caseSchema = z
  .strictObject({
    name: text().max(200).describe('What the case shows; it stands in the report.'),
    domain: name().optional().describe('The security domain; that of `app` where it is left out.'),
    user: z
      .string()
      .max(4096)
      .optional()
      .describe('Who. Left out with `anonymous` and `certificate`, or for a visitor.'),
    password: z.string().max(4096).optional().describe(`The password, best from elsewhere: \`\${env:NAME}\`.`),
    'assume-password': z.literal(true).optional().describe('Take the password as right, whatever it is.'),
    certificate: path().optional().describe('A client certificate, PEM, beside the test file.'),
    anonymous: z.literal(true).optional().describe('Nobody shows anything to the domain.'),
    from: text()
      .refine((value) => isIP(value) !== 0, 'must be an IP address')
      .default('127.0.0.1')
      .describe('The address of the client.'),
    at: text()
      .refine((value) => !Number.isNaN(Date.parse(value)), 'must be an instant such as 2026-03-01T12:00:00Z')
      .optional()
      .describe('Decide as at this time.'),
    app: name().optional().describe('Also ask this application.'),
    path: text().regex(/^\//, 'must begin with /').default('/').describe('Below its context path.'),
    method: text()
      .regex(/^[A-Z][A-Z-]{0,31}$/, 'must be a method in capitals, such as GET')
      .default('GET')
      .describe('The method of the request.'),
    http: z.boolean().default(false).describe('Over HTTP instead of HTTPS.'),
    expect: expectationSchema.describe('What has to come of it.'),
  })
  .superRefine((one, issues) => {
    const issue = (at: string, message: string) => issues.addIssue({ code: 'custom', path: [at], message });
    const ways = [one.password, one['assume-password'], one.certificate, one.anonymous].filter(
      (way) => way !== undefined,
    );
    const named = one.password !== undefined || one['assume-password'] === true;
    if (ways.length > 1) issue('name', 'shows more than one of password, assume-password, certificate, anonymous');
    if (named && one.user === undefined) issue('name', 'needs a user');
    if (!named && one.user !== undefined) issue('user', 'goes with password or assume-password');
    if (ways.length === 0 && one.app === undefined) issue('name', 'shows nothing and asks no app');
    if (one.domain === undefined && one.app === undefined) issue('name', 'needs a domain or an app');
    if (Object.values(one.expect).every((value) => value === undefined)) issue('expect', 'expects nothing');
    const asksAccess = one.expect.access !== undefined || one.expect['access-reason'] !== undefined;
    if (asksAccess && one.app === undefined) issue('expect', 'expects an answer of an app, and asks none');
    if (ways.length === 0 && one.expect.status !== undefined)
      issue('expect', 'expects a login of a visitor, who makes none');
  });

export const policyTestsSchema = z
  .strictObject({
    tests: z
      .array(caseSchema.describe('One login, or one visit, and what has to come of it.'))
      .min(1)
      .max(maxEntries)
      .describe('The cases, in the order in which they are tried.'),
  })
  .describe('Tests of a Gatehouse configuration.');

export type PolicyCase = Readonly<z.output<typeof caseSchema>>;

export type PolicyTestsResult =
  | { readonly status: 'loaded'; readonly cases: readonly (PolicyCase & { readonly line: number })[] }
  | { readonly status: 'refused'; readonly problems: readonly Problem[] };

/** Every problem at once, each with its line. */
export function loadPolicyTests(text: string, file: string, secrets: SecretSources): PolicyTestsResult {
  const tree = parseYamlTree(text);
  const code = 'ERR_CONFIG_INVALID';
  const syntax = tree.problems.map((problem): Problem => ({ code, file, ...problem, path: formatPath(problem.path) }));
  if (tree.broken) return { status: 'refused', problems: sortProblems(syntax) };
  const filled = fillSecrets(tree.value, secrets);
  const checked: Checked = { value: filled.value ?? {}, at: [], holdsSecret: filled.holdsSecret };
  const parsed = policyTestsSchema.safeParse(checked.value);
  const findings: readonly Finding[] = parsed.success
    ? filled.findings
    : [...filled.findings, ...schemaFindings(policyTestsSchema, parsed.error.issues, checked)];
  const located = findings.map(({ path: at, atKey, message }): Problem => {
    return { code, file, ...tree.position(at, atKey), path: formatPath(at), message };
  });
  const problems = sortProblems([...syntax, ...located]);
  if (problems.length > 0 || !parsed.success) return { status: 'refused', problems };
  const cases = parsed.data.tests.map((one, index) => ({ ...one, line: tree.position(['tests', index], true).line }));
  return { status: 'loaded', cases };
}
