/** @module HTTP mechanism SAML: reads nothing, whatever a form holds, and leads elsewhere. */
import { describe, expect, it } from 'vitest';
import { saml } from '../../../src/plugins/mechanisms/saml.ts';
import { httpMechanismConformance, plainRequest } from '../../conformance/http-mechanism.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';

httpMechanismConformance({ factory: saml, readsNothing: true, malformed: [] });

describe('SAML', () => {
  it('leads to the sign-in of its application', async () => {
    const mechanism = await saml.create(
      { 'link-text': 'University' },
      { ...mechanismServices(), application: 'reports' },
    );
    expect(mechanism.challenge(plainRequest())).toEqual({
      kind: 'elsewhere',
      path: '/saml/sp/reports/login',
      label: 'University',
    });
  });

  it('cannot be asked for where there is no application', async () => {
    const mechanism = await saml.create({}, mechanismServices());
    expect(mechanism.challenge(plainRequest())).toBeUndefined();
  });
});
