/** @module Checks between settings of client certificates that each are right alone. */
import type { Finding } from './problem.ts';
import type { ConfigurationDocument } from './schema.ts';
import { didYouMean } from './suggestion.ts';

export function certificateFindings(document: ConfigurationDocument): readonly Finding[] {
  return [...listenerFindings(document), ...headerFindings(document), ...storeFindings(document)];
}

function listenerFindings(document: ConfigurationDocument): readonly Finding[] {
  return (['tls', 'management-tls'] as const).flatMap((key) => {
    const { truststore, 'client-certificates': wanted = 'none' } = document[key] ?? {};
    if (truststore === undefined) {
      return wanted === 'none'
        ? []
        : [{ path: [key, 'client-certificates'], message: 'needs a truststore, whose authorities clients are told' }];
    }
    const names = Object.keys(document.truststores);
    return names.includes(truststore)
      ? []
      : [{ path: [key, 'truststore'], message: `unknown truststore${didYouMean(truststore, names)}` }];
  });
}

function headerFindings(document: ConfigurationDocument): readonly Finding[] {
  const wanted = document['client-certificate-header'] !== undefined && document['trusted-proxies'].length === 0;
  return wanted
    ? [{ path: ['client-certificate-header'], message: 'counts only from trusted-proxies, and there are none' }]
    : [];
}

function storeFindings(document: ConfigurationDocument): readonly Finding[] {
  return Object.entries(document.truststores).flatMap(([name, { certificates, entries, ocsp }]) => {
    const path = ['truststores', name];
    const findings: Finding[] = [];
    if (certificates.length === 0 && Object.keys(entries).length === 0) {
      findings.push({ path, message: 'believes nobody: it has neither certificates nor entries' });
    }
    if (ocsp === undefined || ocsp.mode === 'off') return findings;
    if (ocsp.responder === undefined && ocsp['override-responder']) {
      findings.push({ path: [...path, 'ocsp', 'override-responder'], message: 'needs a responder' });
    }
    if (ocsp.responder === undefined && ocsp['aia-hosts'].length === 0) {
      findings.push({ path: [...path, 'ocsp'], message: 'has nobody to ask: set responder or aia-hosts' });
    }
    return findings;
  });
}
