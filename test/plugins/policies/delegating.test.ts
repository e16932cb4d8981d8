import { describe, expect, it } from 'vitest';
import { delegating } from '../../../src/plugins/policies/delegating.ts';
import { authorizationModuleConformance } from '../../conformance/authorization-module.ts';
import { accessRequest, authorizationServices, byConstraints } from '../../support/authorization.ts';

authorizationModuleConformance({
  factory: delegating,
  options: { delegateMap: 'WEB=Web,EJB=org.example.Beans' },
  services: authorizationServices,
  cases: byConstraints,
});

describe('Delegating', () => {
  const reasonWith = async (options: object) => {
    const module = await delegating.create(options, authorizationServices());
    return (await module.authorize(accessRequest(), { signal: new AbortController().signal })).reason;
  };

  it('asks the web delegate where nothing is said', async () => expect(await reasonWith({})).toBe('role all'));

  it.each(['JACC', 'org.jboss.security.authorization.modules.web.WebJACCPolicyModuleDelegate'])(
    'asks %s where that is said',
    async (name) => expect(await reasonWith({ delegateMap: `WEB=${name}` })).toContain('WebResourcePermission'),
  );

  it.each([
    ['WEB=XACML', 'not in this version'],
    ['WEB=org.jboss.security.authorization.modules.web.WebXACMLPolicyModuleDelegate', 'not in this version'],
    ['WEB=com.example.Mine', 'unknown delegate "com.example.Mine"'],
    ['WBE=Web', 'must be WEB=delegate'],
    ['WEB', 'must be WEB=delegate'],
  ])('refuses %s at the start', (delegateMap, says) => {
    expect(delegating.options.safeParse({ delegateMap }).error?.message).toContain(says.replaceAll('"', '\\"'));
  });
});
