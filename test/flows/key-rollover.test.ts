/** @module A roll-over of our signing key with Apache's mod_auth_mellon: what each service provider takes before and after each step. */
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gatehouse as command } from '../support/gatehouse-command.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange } from '../support/http-client.ts';
import { type MellonPlan, planMellon, type RunningMellon } from '../support/mellon.ts';
import { poll } from '../support/poll.ts';
import { postedAnswer } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges } from '../support/saml-judges.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let folder: TempFolder;
let judges: SamlJudges;
let plan: MellonPlan;
let gatehouse: Gatehouse;
let mellon: RunningMellon;
/** Ids of the key that signs at first and of the next one. */
let [oldKey, newKey] = ['', ''];

const metadata = async () => (await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text;
/** Of the identity provider; other roles have the same. */
const certificatesIn = (xml: string) =>
  [
    ...(xml.split('</md:IDPSSODescriptor>')[0] ?? '').matchAll(
      /<md:KeyDescriptor use="signing">.*?<ds:X509Certificate>([^<]+)</g,
    ),
  ].map(([, base64 = '']) => idOf(base64));
const idOf = (base64: string) =>
  new X509Certificate(Buffer.from(base64, 'base64')).fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();

const knownSchema = z.object({
  partners: z.array(
    z.object({ partner: z.string(), known: z.array(z.object({ key: z.string(), knowledge: z.string() })) }),
  ),
});
const answerSchema = z.object({ key: z.object({ id: z.string() }) });
async function step(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await command('keys', ...args, '--home', gatehouse.home, '--json');
  if (code !== 0) throw new Error(output);
  return answerSchema.parse(JSON.parse(stdout)).key.id;
}

/** The server has taken the step over when its metadata says so, or when the log does. */
const revisions = async () =>
  (await readFile(join(gatehouse.home, 'log/server.log'), 'utf8')).split('the key ring was taken over').length - 1;
async function taken(work: () => Promise<string>): Promise<string> {
  const before = await revisions();
  const id = await work();
  await poll(
    async () => ((await revisions()) > before ? true : undefined),
    () => 'the server did not take the key ring over',
  );
  return id;
}

async function refreshMellon(): Promise<void> {
  await mellon.stop();
  mellon = await plan.start(await metadata());
}

/** How a login at a service provider ends, and which key signed for it. */
async function login(index: 0 | 1) {
  const person = await signedIn(gatehouse.publicUrl);
  const carried = await person.open(`${plan.providers[index].origin}/secure/hello.shtml`);
  const { xml } = postedAnswer(carried);
  const [, certificate = ''] = /<ds:X509Certificate>([^<]+)</.exec(xml) ?? [];
  const page = await person.submit(carried);
  const user = /<p id="user">([^<]*)</.exec(page.text)?.[1];
  return { user, status: page.status, signedBy: idOf(certificate), xml };
}
const outcomeOf = async (index: 0 | 1) => {
  const { user, signedBy } = await login(index);
  return { user, signedBy };
};

beforeAll(async () => {
  folder = await makeTempFolder('rollover');
  judges = await createSamlJudges(folder.path);
  plan = await planMellon({ logout: ['SOAP', 'none'] });
  const partners = plan.providers.map(({ hostName, metadata: text }) => ({ file: `${hostName}.xml`, metadata: text }));
  gatehouse = await startGatehouse({ content: { partners } });
  oldKey = certificatesIn(await metadata())[0] ?? '';
  mellon = await plan.start(await metadata());
});
afterAll(async () => {
  await mellon?.stop();
  await gatehouse?.stop();
  await plan?.remove();
  await folder?.remove();
});

describe('one key after the other', () => {
  test('before the roll-over the key of the configuration signs', async () => {
    expect(await outcomeOf(0)).toEqual({ user: 'eric', signedBy: oldKey });
  });

  test('a new key changes nothing, neither in the metadata nor at a partner', async () => {
    newKey = await taken(() => step('add'));
    expect(certificatesIn(await metadata())).toEqual([oldKey]);
    expect(await outcomeOf(0)).toEqual({ user: 'eric', signedBy: oldKey });
  });

  test('once it is published the metadata names both, and partners with the older metadata notice nothing', async () => {
    await taken(() => step('publish', newKey));
    expect(certificatesIn(await metadata())).toEqual([oldKey, newKey]);
    expect(await outcomeOf(0)).toEqual({ user: 'eric', signedBy: oldKey });
    expect(await judges.schema(await metadata(), 'metadata')).toMatchObject({ code: 0 });
  });

  test('a step too early is refused with the reason', async () => {
    const { code, output } = await command('keys', 'activate', newKey, '--home', gatehouse.home);
    expect([code, output]).toEqual([1, expect.stringContaining('up to 14 days old and does not have the key')]);
  });

  test('and forced, it shows why: a partner that did not fetch our metadata refuses what the new key signs', async () => {
    await taken(() => step('activate', newKey, '--partner', plan.providers[0].entityId, '--force'));
    const { user, status, signedBy } = await login(0);
    expect({ user, signedBy, refused: status >= 400 }).toEqual({ user: undefined, signedBy: newKey, refused: true });
    expect(await mellon.log()).toMatch(/signature/i);
  });

  test('the other partner goes on with the old key', async () => {
    expect(await outcomeOf(1)).toEqual({ user: 'eric', signedBy: oldKey });
  });

  test('with our new metadata the partner takes what the new key signs, and the other one what the old key signs', async () => {
    await refreshMellon();
    expect(await outcomeOf(0)).toEqual({ user: 'eric', signedBy: newKey });
    expect(await outcomeOf(1)).toEqual({ user: 'eric', signedBy: oldKey });
  });

  test('a fetch in its name and a logout that it confirms show that the partner has the key', async () => {
    const sp = plan.providers[0].entityId;
    const knowledge = async () => {
      const { stdout } = await command('keys', 'list', '--partners', '--json', '--home', gatehouse.home);
      const { partners } = knownSchema.parse(JSON.parse(stdout));
      return partners.find(({ partner }) => partner === sp)?.known.find(({ key }) => key === newKey)?.knowledge;
    };
    // The view is written now and then.
    const becomes = (wanted: string) =>
      poll(
        async () => ((await knowledge()) === wanted ? true : undefined),
        () => `the view never said "${wanted}"`,
      );
    await becomes('signed');
    await exchange(`${gatehouse.publicUrl}/saml/idp/metadata?sp=${encodeURIComponent(sp)}`);
    await becomes('fetched');
    // Mellon finds a session by its name: eric has several.
    const person = await signedIn(gatehouse.publicUrl, 'amar');
    await person.submit(await person.open(`${plan.providers[0].origin}/secure/hello.shtml`));
    await person.submit(await person.open(`${gatehouse.publicUrl}/logout?GLO=true`));
    await becomes('confirmed');
  });

  test('xmlsec1 verifies the answer with the new certificate, and not with the old one', async () => {
    const { xml } = await login(0);
    const file = join(folder.path, 'new.crt');
    const [, , base64 = ''] = [...(await metadata()).matchAll(/<ds:X509Certificate>([^<]+)</g)].map(
      ([, one = '']) => one,
    );
    await writeFile(file, new X509Certificate(Buffer.from(base64, 'base64')).toString());
    const verdict = async (certificatePath: string) =>
      (await judges.signature(xml, 'Assertion', { certificatePath })).code;
    expect(await verdict(file)).toBe(0);
    expect(await verdict(join(gatehouse.home, 'data/keys/idp.crt'))).not.toBe(0);
  });

  test('then everybody gets the new key', async () => {
    await taken(() => step('activate', newKey, '--force'));
    expect(certificatesIn(await metadata())).toEqual([newKey, oldKey]);
    expect([await outcomeOf(0), await outcomeOf(1)]).toEqual([
      { user: 'eric', signedBy: newKey },
      { user: 'eric', signedBy: newKey },
    ]);
  });

  test('and the old one leaves the metadata', async () => {
    await taken(() => step('retire', oldKey, '--force'));
    expect(certificatesIn(await metadata())).toEqual([newKey]);
    await refreshMellon();
    expect(await outcomeOf(1)).toEqual({ user: 'eric', signedBy: newKey });
  });

  test('a restart changes nothing, without the file of the old key', async () => {
    await taken(() => step('retire', oldKey, '--erase'));
    const { home, portOffset } = gatehouse;
    const ring = await readFile(join(home, 'data/keys/ring.json'), 'utf8');
    expect(ring).toContain('"in": "erased"');
    const check = await command('serve', '--check', '--home', home, '--port-offset', String(portOffset));
    expect(check.code).toBe(0);
  });
});
