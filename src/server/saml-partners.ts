/** @module Reads the partners' metadata files and names everything that is wrong with any of them at once. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { PartnerConfiguration } from '../config/configuration.ts';
import { createPartner, type Partner } from '../protocols/saml-idp/partner.ts';
import { createPartners, fixedPartners, type Partners } from '../protocols/saml-idp/partners.ts';
import { GatehouseError } from '../spi/errors.ts';
import { readMetadata } from '../wire/saml/metadata-reader.ts';
import type { Signers } from './signers.ts';

export interface PartnerParts {
  readonly home: HomeFolder;
  readonly signers: Signers;
}

/** @throws ERR_SAML_METADATA with a fact for each file that cannot be used, under its line of configuration. */
export async function loadPartners(
  configured: readonly PartnerConfiguration[],
  parts: PartnerParts,
): Promise<Partners> {
  const partners: Partner[] = [];
  const problems: Record<string, string> = {};
  for (const partner of configured) {
    try {
      partners.push(...(await readPartners(partner, parts)));
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      const { file, line } = partner.place;
      problems[`${file}:${line}`] = `${partner.metadata}: ${wordsOf(error)}`;
    }
  }
  if (Object.keys(problems).length > 0) {
    throw new GatehouseError('ERR_SAML_METADATA', "a partner's metadata cannot be used", { facts: problems });
  }
  return createPartners([fixedPartners(partners)]);
}

function wordsOf({ message, facts }: GatehouseError): string {
  const details = Object.entries(facts).filter(([name]) => name !== 'file');
  return details.length === 0
    ? message
    : `${message} (${details.map(([name, fact]) => `${name}: ${fact}`).join(', ')})`;
}

/** Metadata of one file: one partner, or several in an EntitiesDescriptor, which then share their settings. */
async function readPartners(
  configured: PartnerConfiguration,
  { home, signers }: PartnerParts,
): Promise<readonly Partner[]> {
  const read = readMetadata(await home.readText(home.inConfiguration(configured.metadata)));
  if (read.length === 0) throw new GatehouseError('ERR_SAML_METADATA', 'metadata holds no service provider');
  const signer = configured.signing && (await signers.open(configured.signing));
  return read.map((metadata) =>
    createPartner(metadata, {
      name: configured.name,
      signer,
      sign: configured.sign ?? (metadata.wantAssertionsSigned === false ? 'response' : 'assertion'),
      requireSignedRequests: configured.requireSignedRequests,
      nameIdFormat: configured.nameIdFormat,
      affiliation: configured.affiliation,
      roleAttribute: configured.roleAttribute,
      attributes: configured.attributes,
      encrypt: configured.encrypt,
    }),
  );
}
