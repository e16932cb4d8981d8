/** @module The sample applications beside the server: their key, their metadata as partners, and their start. */
import { originOf, sampleApps } from '../../samples/apps.ts';
import { startSamples } from '../../samples/server.ts';
import { type OwnKeys, serviceProviderMetadata } from '../../samples/service-provider.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { makeSelfSigned } from '../adapters/self-signed.ts';

const publicFileMode = 0o644;
const keyFileMode = 0o600;
const keyPath = 'data/keys/samples.key';
const certificatePath = 'data/keys/samples.crt';
/** As long as that of the identity provider: nobody renews what is only tried. */
const certificateDays = 3650;

/** Made by the first start with the samples. */
async function openKeys(home: HomeFolder): Promise<OwnKeys> {
  if (!(await home.exists(certificatePath))) {
    const hostNames = ['gatehouse-samples'];
    const pair = await makeSelfSigned({ hostNames, days: certificateDays, keyType: 'rsa-2048', purpose: 'signing' });
    await home.writeText(keyPath, pair.keyPem, keyFileMode);
    await home.writeText(certificatePath, pair.certificatePem, publicFileMode);
  }
  return { keyPem: await home.readText(keyPath), certificatePem: await home.readText(certificatePath) };
}

/** Written at each start, because the applications' addresses follow the port offset. Files that nobody names do no harm. */
export async function writeMetadata(home: HomeFolder, portOffset: number): Promise<void> {
  const keys = await openKeys(home);
  for (const app of sampleApps(portOffset)) {
    await home.writeText(`configuration/${app.name}.xml`, serviceProviderMetadata(app, keys), publicFileMode);
  }
}

export interface RunningSamples {
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export async function start(home: HomeFolder, publicUrl: string, portOffset: number): Promise<RunningSamples> {
  const apps = sampleApps(portOffset);
  const certificatePem = await home.readText('data/keys/idp.crt');
  const idp = { ssoUrl: `${publicUrl}/saml/idp/sso`, sloUrl: `${publicUrl}/saml/idp/slo`, certificatePem };
  const { close } = await startSamples(apps, idp, await openKeys(home));
  return { urls: apps.map(originOf), close };
}
