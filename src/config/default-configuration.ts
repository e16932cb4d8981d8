/** @module The text of the first `gatehouse.yaml`: what a start needs, and every other setting in a comment. */
import type { Configuration } from './configuration.ts';

const samplePartners = `
    - { metadata: sample-a.xml, name: Sample A }
    - { metadata: sample-b.xml, name: Sample B }
    - { metadata: sample-c.xml, name: Sample C }`;
const noPartners = ` []
    # - { metadata: my-application.xml, name: My application }`;

/** `withSamples`: with the three sample applications as partners. */
export function buildDefaultConfiguration(ports: Configuration['ports'], withSamples: boolean): string {
  return `# The configuration of Gatehouse. \`gatehouse serve --check\` says whether it is right, and where it is not.
# Every setting is explained in docs/configuration.md. Files named here are in the folder of this file;
# a path that begins with data/ is in the home folder above it.
# A value may hold a secret from elsewhere: \${env:NAME} or \${file:path}.

node: node1

# What browsers use. Set it when a proxy or a name of your own stands in front.
# public-url: https://sso.example.com

# Everything listens on this machine only. 0.0.0.0 opens a side to the network.
bind: { public: 127.0.0.1, management: 127.0.0.1 }
ports: { http: ${ports.http}, https: ${ports.https}, management-http: ${ports.managementHttp}, management-https: ${ports.managementHttps} }

# The HTTPS listeners open when there is a key pair; \`gatehouse cert\` makes one for a trial.
# tls: { certificate: server.crt, key: server.key }

# X-Forwarded-For and X-Forwarded-Proto are believed from these addresses only.
# trusted-proxies: [ 10.0.0.0/8 ]

# A session ends when it is not used for half an hour, and ten hours after the login in any case.
sessions: { idle-seconds: 1800, lifetime-seconds: 36000 }

# Sources of users. The files have JBoss's format and are read again when they change.
security-realms:
  ManagementRealm:
    authentication: [ { properties: { path: mgmt-users.properties } } ]
    authorization: { properties: { path: mgmt-groups.properties }, map-groups-to-roles: false }
  ApplicationRealm:
    authentication: [ { properties: { path: application-users.properties } } ]
    authorization: { properties: { path: application-roles.properties } }

# Stacks of login modules, asked from top to bottom. The flags are those of JAAS. \`lock-out\` refuses who guesses too often.
security-domains:
  other:
    lock-out: {}
    authentication:
      - { code: Remoting, flag: optional, module-options: { password-stacking: useFirstPass } }
      - { code: RealmDirect, flag: required, module-options: { password-stacking: useFirstPass } }
  # The domain of the identity provider below.${withSamples ? ' Its sample users are eric, amar, brian and alan.' : ''}
  idp-domain:
    lock-out: {}
    authentication:
      - code: UsersRoles
        flag: required
        module-options: { usersProperties: users.properties, rolesProperties: roles.properties }

# Web applications that Gatehouse stands in front of.
# applications:
#   sampleApp1:
#     security-domain: other
#     mechanisms: [ FORM ]
#     upstream: http://127.0.0.1:9001
#     constraints:
#       - { path: /secure/*, roles: [ sample ] }

# The SAML identity provider. A partner is a service provider; its metadata says where answers go.
saml-idp:
  security-domain: idp-domain
  mechanisms: [ FORM ]
  signing: { key: data/keys/idp.key, certificate: data/keys/idp.crt, algorithm: rsa-sha256 }
  partners:${withSamples ? samplePartners : noPartners}

# Every decision is recorded: \`gatehouse explain <decision-id>\` prints one.
audit:
  - { code: File, options: { path: audit.jsonl } }
`;
}
