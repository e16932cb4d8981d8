/** @module `node scripts/saml-corpus.ts <folder>`: writes the hostile corpus as a batch for `gatehouse saml-check`, with fresh keys and metadata. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpus } from '../test/support/saml-corpus/corpus.ts';
import { createWorkshop } from '../test/support/saml-corpus/workshop.ts';
import { doorBatch } from '../test/support/saml-doors/batch.ts';
import { acsUrl, idpEntityId, spEntityId, ssoUrl } from '../test/support/saml-input.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Usage: node scripts/saml-corpus.ts <folder>\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const workshop = createWorkshop(Date.now());
const certificate = Buffer.from(workshop.idp.certificate).toString('base64');
writeFileSync(join(folder, 'sp.key'), workshop.sp.privateKeyPem, { mode: 0o600 });
writeFileSync(
  join(folder, 'idp.xml'),
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${idpEntityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/></md:IDPSSODescriptor></md:EntityDescriptor>\n`,
);
const lines: string[] = [];
for (const [subject, cases] of Object.entries(corpus)) {
  for (const { name, make, outcome, expected = {} } of cases) {
    lines.push(
      JSON.stringify({
        id: `${subject}: ${name}`,
        message: Buffer.from(await make(workshop)).toString('base64'),
        as: 'sp',
        'entity-id': expected.entityId ?? spEntityId,
        'partner-metadata': 'idp.xml',
        acs: expected.acsUrl ?? acsUrl,
        'in-response-to': 'request' in expected ? expected.request : '_request-1',
        at: new Date(workshop.now + (expected.laterMs ?? 0)).toISOString(),
        'decrypt-key': 'sp.key',
        expect: typeof outcome === 'string' ? outcome : 'accept',
      }),
    );
  }
}
const doors = await doorBatch(workshop);
writeFileSync(join(folder, 'partners.xml'), `${doors.metadata}\n`);
lines.push(...doors.lines.map((line) => JSON.stringify(line)));
writeFileSync(join(folder, 'cases.jsonl'), `${lines.join('\n')}\n`);
process.stdout.write(`${lines.length} cases: gatehouse saml-check --batch ${join(folder, 'cases.jsonl')}\n`);
