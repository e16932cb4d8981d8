/** @module The service providers that may ask, by entityID. */
import type { KnownPartners } from '../../metadata/partners.ts';
import type { Partner } from './partner.ts';

export type Partners = KnownPartners<Partner>;
