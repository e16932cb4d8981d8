/** @module What two configurations differ in, as a replay has to know it. */
import { expect, it } from 'vitest';
import { planReplay } from '../../src/server/replay-plan.ts';
import { load } from '../config/example-catalog.ts';

const withMechanisms = (modules: string, second = 'required') => {
  const result = load(`security-domains:
  d:
    authentication-jaspi:
      login-module-stacks:
        one: [ { code: Remoting, flag: required } ]
        two: [ { code: Remoting, flag: ${second} } ]
      auth-modules: [ ${modules} ]
`);
  if (result.status === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.configuration;
};
const form = '{ code: FORM, flag: required, login-module-stack-ref: one }';
const basic = '{ code: BASIC, flag: required, login-module-stack-ref: two }';
const before = withMechanisms(`${form}, ${basic}`);

it.each([
  ['another mechanism', withMechanisms(form)],
  ['another flag of a mechanism', withMechanisms(`${form}, ${basic.replace('required', 'optional')}`)],
  ['another module in the second stack', withMechanisms(`${form}, ${basic}`, 'requisite')],
])('%s is a difference that no recorded answer tells of', (_, after) => {
  expect(planReplay('d', before, after)?.opaque).toBe('the mechanisms under flags, or their stacks, have changed');
});

it('mechanisms that are the same are no difference', () => {
  expect(planReplay('d', before, withMechanisms(`${form}, ${basic}`))).toMatchObject({ changes: [] });
});
