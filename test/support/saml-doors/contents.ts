/** @module Messages with a good signature that say what must not be believed: another time, address, sender or shape. */
import { instantIn } from '../service-provider.ts';
import { type Door, type DoorCase, isQuestion, type Said } from './door.ts';

const says = (name: string, code: DoorCase['code'], said: Said, at?: DoorCase['at']): DoorCase => ({
  name,
  make: async (forge) => forge.document(await forge.honest(said)),
  code,
  ...(at === undefined ? {} : { at }),
});

/** Its request says how long it is waited for, so its own time decides nothing. */
const isTimed = ({ kind }: Door) => kind !== 'LogoutResponse';
const isLogout = ({ kind }: Door) => kind === 'LogoutRequest';
const isSignOn = ({ kind }: Door) => kind === 'AuthnRequest';
const isAnswer = ({ kind }: Door) => kind === 'LogoutResponse';
const isForUs = (door: Door) => !isQuestion(door);

/** An answer has to come from whom it was asked of; anybody else is simply not that partner. */
const otherSender = ({ kind }: Door) => (kind === 'LogoutResponse' ? 'ERR_SAML_ISSUER' : 'ERR_SAML_UNKNOWN_PARTNER');

const name = (text: string) => `<saml:NameID>${text}</saml:NameID>`;

export const doorContents: readonly DoorCase[] = [
  says('from ten minutes ago', 'ERR_SAML_EXPIRED', { issueInstant: instantIn(-600) }, isTimed),
  says('from ten minutes ahead', 'ERR_SAML_EXPIRED', { issueInstant: instantIn(600) }, isTimed),
  says('from the year 1', 'ERR_SAML_MALFORMED', { issueInstant: '0001-01-01T00:00:00Z' }, isTimed),
  says('from the year 9999', 'ERR_SAML_EXPIRED', { issueInstant: '9999-12-31T23:59:59Z' }, isTimed),
  says('for another address', 'ERR_SAML_DESTINATION', { destination: 'https://other.invalid/saml/idp/sso' }),
  says('for another endpoint of ours', 'ERR_SAML_DESTINATION', { destination: 'http://localhost/saml/idp/metadata' }),
  says('for nobody in particular', 'ERR_SAML_DESTINATION', { destination: null }, isForUs),
  says('of a partner that nobody knows', otherSender, { issuer: 'https://nobody.invalid' }),
  says('of a partner that is switched off', otherSender, { issuer: 'https://disabled.invalid/metadata' }),
  says('of a partner whose metadata has run out', otherSender, { issuer: 'https://expired.invalid/metadata' }),
  says(
    'of a partner with another key',
    ({ kind, binding }) =>
      kind === 'LogoutResponse'
        ? 'ERR_SAML_ISSUER'
        : binding === 'redirect'
          ? 'ERR_SAML_SIGNATURE_INVALID'
          : 'ERR_XML_SIGNATURE',
    { issuer: 'https://neighbour.invalid/metadata' },
  ),
  says('of ourselves', otherSender, { issuer: 'http://localhost/saml/idp' }),
  says('of an issuer with another upper case', otherSender, { issuer: 'https://SIGNING.invalid/metadata' }),
  says('with something that the schema does not know', 'ERR_XML_SCHEMA', { attributes: ' Unknown="1"' }),
  says('of an expired request', 'ERR_SAML_EXPIRED', { attributes: ` NotOnOrAfter="${instantIn(-120)}"` }, isLogout),
  says('of nobody', 'ERR_SAML_MALFORMED', { content: name('') }, isLogout),
  says('of two people', 'ERR_SAML_MALFORMED', { content: name('a') + name('b') }, isLogout),
  says(
    'of a person and an encrypted one',
    'ERR_SAML_MALFORMED',
    { content: `${name('a')}<saml:EncryptedID/>` },
    isLogout,
  ),
  says('of a person by an extension', 'ERR_SAML_UNSUPPORTED', { content: '<saml:BaseID/>' }, isLogout),
  says(
    'of a name with an element in it',
    'ERR_SAML_MALFORMED',
    { content: name('a<saml:Issuer>b</saml:Issuer>') },
    isLogout,
  ),
  says(
    'of a thousand sessions',
    'ERR_SAML_MALFORMED',
    { content: name('a') + '<samlp:SessionIndex>x</samlp:SessionIndex>'.repeat(1000) },
    isLogout,
  ),
  says(
    'to be answered elsewhere',
    'ERR_SAML_ACS_NOT_REGISTERED',
    { attributes: ' AssertionConsumerServiceURL="https://evil.invalid/acs"' },
    isSignOn,
  ),
  says(
    'to be answered at a script',
    'ERR_SAML_ACS_NOT_REGISTERED',
    { attributes: ' AssertionConsumerServiceURL="javascript:alert(1)"' },
    isSignOn,
  ),
  says(
    'to be answered at two places',
    'ERR_SAML_MALFORMED',
    { attributes: ' AssertionConsumerServiceIndex="0" AssertionConsumerServiceURL="https://signing.invalid/acs"' },
    isSignOn,
  ),
  says('without a status', 'ERR_SAML_MALFORMED', { content: '' }, isAnswer),
  says('to another request', 'ERR_SAML_MALFORMED', { attributes: '', content: '<samlp:Status/>' }, isAnswer),
  says('without an artifact', 'ERR_SAML_MALFORMED', { content: '' }, ({ kind }) => kind === 'ArtifactResolve'),
  says(
    'with two artifacts',
    'ERR_SAML_MALFORMED',
    { content: '<samlp:Artifact>a</samlp:Artifact><samlp:Artifact>b</samlp:Artifact>' },
    ({ kind }) => kind === 'ArtifactResolve',
  ),
];
