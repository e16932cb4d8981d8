/** @module The files of a first start: a configuration with comments, sample users, and an administrator with a one-time password. */
import { createHash } from 'node:crypto';

export const sampleUsers = ['eric', 'amar', 'brian', 'alan'] as const;
export type SampleUser = (typeof sampleUsers)[number];

export interface FirstStartOptions {
  readonly ports: {
    readonly http: number;
    readonly https: number;
    readonly managementHttp: number;
    readonly managementHttps: number;
  };
  /** 16 bytes or more from a cryptographic generator: the administrator's password is made of them. */
  readonly randomBytes: Uint8Array;
  /** With the sample applications: `$argon2id$…` of each sample user's password. Without: no user, no partner. */
  readonly passwordHashes?: Readonly<Record<SampleUser, string>>;
}

export interface FirstStartFile {
  /** Relative to the configuration folder. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

export interface FirstStart {
  /** `gatehouse.yaml` comes last: where it exists, everything else does. */
  readonly files: readonly FirstStartFile[];
  readonly administrator: { readonly name: string; readonly password: string };
}

/** Crockford's digits, lower case: nothing that is mistaken for something else when it is copied by hand. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
/** Five bits each: 80 bits, and short enough to type. */
const passwordDigits = 16;
const administratorName = 'admin';

const roles: Readonly<Record<SampleUser, string | undefined>> = {
  eric: 'all',
  amar: 'AB',
  brian: 'C',
  alan: undefined,
};

/** `xxxx-xxxx-xxxx-xxxx`: has the letters, digits and symbols that a password policy asks for. */
function buildPassword(random: Uint8Array): string {
  const letters = [...random.subarray(0, passwordDigits)].map((byte) => digits[byte % digits.length] ?? '0');
  return [0, 4, 8, 12].map((start) => letters.slice(start, start + 4).join('')).join('-');
}

/** JBoss's format (jboss-facts §5.4): add-user compares the marker with its realm. */
function usersFile(realm: string, users: readonly (readonly [name: string, password: string])[]): string {
  const lines = users.map(([name, password]) => {
    const ha1 = createHash('md5').update(`${name}:${realm}:${password}`, 'latin1').digest('hex');
    return `${name}=${ha1}\n`;
  });
  return [
    `#$REALM_NAME=${realm}$ This line is used by the add-user command to identify the realm of this file.\n`,
    "# Each line is username=HEX( MD5( username ':' realm ':' password ) ). A line that is commented out disables its user.\n",
    ...lines,
  ].join('');
}

export function buildFirstStart(options: FirstStartOptions): FirstStart {
  if (options.randomBytes.length < passwordDigits) {
    throw new RangeError('a first start needs 16 random bytes');
  }
  const administrator = { name: administratorName, password: buildPassword(options.randomBytes) };
  const { passwordHashes } = options;
  const users = passwordHashes === undefined ? [] : sampleUsers;
  const sampleLines = users.map((user) => `${user}=${passwordHashes?.[user]}\n`);
  const roleLines = users.flatMap((user) => (roles[user] === undefined ? [] : [`${user}=${roles[user]}\n`]));
  const file = (path: string, text: string): FirstStartFile => ({ path, text, mode: 0o600 });
  return {
    administrator,
    files: [
      file('mgmt-users.properties', usersFile('ManagementRealm', [[administrator.name, administrator.password]])),
      file('mgmt-groups.properties', '# user=group1,group2\n'),
      file('application-users.properties', usersFile('ApplicationRealm', [])),
      file('application-roles.properties', '# user=role1,role2\n'),
      file(
        'users.properties',
        `# user=password; a PHC string ($argon2id$…) is verified with Argon2id.\n${sampleLines.join('')}`,
      ),
      file('roles.properties', `# user=role1,role2\n${roleLines.join('')}`),
      file('gatehouse.yaml', configurationText(options.ports, passwordHashes !== undefined)),
    ],
  };
}

const samplePartners = `
    - { metadata: sample-a.xml, name: Sample A }
    - { metadata: sample-b.xml, name: Sample B }
    - { metadata: sample-c.xml, name: Sample C }`;
const noPartners = ` []
    # - { metadata: my-application.xml, name: My application }`;

function configurationText(ports: FirstStartOptions['ports'], withSamples: boolean): string {
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

# Stacks of login modules, asked from top to bottom. The flags are those of JAAS.
security-domains:
  other:
    authentication:
      - { code: Remoting, flag: optional, module-options: { password-stacking: useFirstPass } }
      - { code: RealmDirect, flag: required, module-options: { password-stacking: useFirstPass } }
  # The domain of the identity provider below.${withSamples ? ' Its sample users are eric, amar, brian and alan.' : ''}
  idp-domain:
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
