/** @module The linter's look at the endpoints of a role. */
import { attribute, childElements, type XmlElement } from '../../xml/element.ts';
import { type BindingName, bindingNameOf, samlNamespaces } from '../constants.ts';
import { finding, type LintFinding } from './finding.ts';

const { md } = samlNamespaces;

/** saml-metadata §2.4.2: everything in a role with a Location. */
export function endpointFindings(entityId: string, role: XmlElement, as: 'sp' | 'idp'): readonly LintFinding[] {
  const endpoints = childElements(role).filter(
    (one) => one.namespace === md && attribute(one, 'Location') !== undefined,
  );
  const findings = endpoints
    .filter((one) => /^\s*http:/i.test(attribute(one, 'Location') ?? ''))
    .map((one) =>
      finding('endpoint-http', { entityId, detail: `${one.localName}: ${attribute(one, 'Location')?.trim()}` }),
    );
  const has = (name: string, bindings: readonly BindingName[]) =>
    endpoints.some((one) => {
      const binding = bindingNameOf(attribute(one, 'Binding')?.trim() ?? '');
      return one.localName === name && binding !== undefined && bindings.includes(binding);
    });
  if (as === 'sp' && !has('AssertionConsumerService', ['HTTP-POST', 'HTTP-Artifact', 'PAOS']))
    findings.push(finding('acs-missing', { entityId }));
  if (as === 'idp' && !has('SingleSignOnService', ['HTTP-Redirect', 'HTTP-POST'])) {
    findings.push(finding('sso-missing', { entityId }));
  }
  for (const kind of new Set(endpoints.map(({ localName }) => localName))) {
    const ofKind = endpoints.filter(({ localName }) => localName === kind);
    const indexes = ofKind.flatMap((one) => attribute(one, 'index')?.trim() ?? []);
    const twice = indexes.find((index, place) => indexes.indexOf(index) !== place);
    if (twice !== undefined) findings.push(finding('index-twice', { entityId, detail: `${kind}: ${twice}` }));
    const defaults = ofKind.filter((one) => /^\s*(?:true|1)\s*$/.test(attribute(one, 'isDefault') ?? ''));
    if (defaults.length > 1) findings.push(finding('default-twice', { entityId, detail: kind }));
  }
  return findings;
}
