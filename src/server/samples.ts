/** @module The sample applications beside the server: their metadata as partners, and their start. */
import { originOf, sampleApps } from '../../samples/apps.ts';
import { startSamples } from '../../samples/server.ts';
import { serviceProviderMetadata } from '../../samples/service-provider.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';

const metadataFileMode = 0o644;

/** Written at each start, because the applications' addresses follow the port offset. Files that nobody names do no harm. */
export async function writeMetadata(home: HomeFolder, portOffset: number): Promise<void> {
  for (const app of sampleApps(portOffset)) {
    await home.writeText(`configuration/${app.name}.xml`, serviceProviderMetadata(app), metadataFileMode);
  }
}

export interface RunningSamples {
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export async function start(home: HomeFolder, publicUrl: string, portOffset: number): Promise<RunningSamples> {
  const apps = sampleApps(portOffset);
  const certificatePem = await home.readText('data/keys/idp.crt');
  const { close } = await startSamples(apps, { ssoUrl: `${publicUrl}/saml/idp/sso`, certificatePem });
  return { urls: apps.map(originOf), close };
}
