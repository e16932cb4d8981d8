/** @module What shibd, mod_shib and Apache httpd are configured with: one application of the service provider on each host name. */

export type ShibbolethLogout = 'SOAP' | 'HTTP-Redirect' | 'HTTP-POST';

export interface ShibbolethHost {
  readonly hostName: string;
  readonly origin: string;
  readonly entityId: string;
  /** The one binding by which it is told of a logout, and tells. Over SOAP it is told only. */
  readonly logout: ShibbolethLogout;
}

/** Clients that are no browsers may sign on, and it asks for attributes where an assertion brings none. */
const overSoap = {
  initiator: ' ECP="true"',
  /** To a client it knows no identity provider yet, so that no metadata tells it not to sign with SHA-1. */
  algorithm: ' signingAlg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"',
  consumer:
    '<md:AssertionConsumerService Location="/SAML2/ECP" index="3" Binding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS"/>',
  resolver: '<AttributeResolver type="Query" subjectMatch="true"/>',
} as const;

const bindingPrefix = 'urn:oasis:names:tc:SAML:2.0:bindings:';

/** The sessions of one, with every handler by name: it would inherit what the shorthands `SSO` and `Logout` stand for. */
function applicationOf({ hostName, entityId, logout }: ShibbolethHost, idpEntityId: string, soap: boolean): string {
  const consumers = ['HTTP-POST', 'HTTP-Artifact'].map(
    (binding, index) =>
      `<md:AssertionConsumerService Location="/SAML2/${binding}" index="${index + 1}" Binding="${bindingPrefix}${binding}"/>`,
  );
  const asking = logout === 'SOAP' ? 'HTTP-Redirect' : logout;
  const services = [...new Set([logout, asking])].map(
    (binding) => `<md:SingleLogoutService Location="/SLO/${binding}" Binding="${bindingPrefix}${binding}"/>`,
  );
  return `<ApplicationOverride id="${applicationIdOf(hostName)}" entityID="${entityId}">
    <Sessions lifetime="28800" timeout="3600" checkAddress="false" relayState="ss:mem" redirectLimit="exact"
        handlerURL="/Shibboleth.sso" handlerSSL="false" cookieProps="https" sameSiteSession="None">
      <SessionInitiator type="SAML2"${soap ? overSoap.initiator : ''} Location="/Login" isDefault="true" id="Login" entityID="${idpEntityId}" outgoingBindings="${bindingPrefix}HTTP-Redirect ${bindingPrefix}HTTP-POST"/>
      ${consumers.join('\n      ')}${soap ? overSoap.consumer : ''}
      <LogoutInitiator type="Chaining" Location="/Logout">
        <LogoutInitiator type="SAML2" outgoingBindings="${bindingPrefix}${asking}"/>
        <LogoutInitiator type="Local"/>
      </LogoutInitiator>
      ${services.join('\n      ')}
      <Handler type="MetadataGenerator" Location="/Metadata" signing="false"/>
    </Sessions>
    </ApplicationOverride>`;
}

const applicationIdOf = (hostName: string) => hostName.replaceAll('.', '-');

export function serviceProviderXml(
  folder: string,
  hosts: readonly ShibbolethHost[],
  idpEntityId: string,
  soap: boolean,
): string {
  const resolver = (use: string) =>
    `<CredentialResolver type="File" use="${use}" key="${folder}/${use}.key" certificate="${folder}/${use}.crt"/>`;
  return `<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" clockSkew="60">
  <OutOfProcess logger="${folder}/shibd.logger"/>
  <InProcess logger="${folder}/native.logger"/>
  <UnixListener address="${folder}/shibd.sock"/>
  <ApplicationDefaults entityID="https://nobody.invalid/" signing="true"${soap ? overSoap.algorithm : ''} encryption="conditional" requireConfidentiality="false" REMOTE_USER="name-id">
    <Sessions/>
    <Errors supportContact="nobody@localhost"/>
    <MetadataProvider type="XML" validate="true" path="${folder}/idp.xml"/>
    <AttributeExtractor type="XML" validate="true" path="${folder}/attribute-map.xml"/>
    ${soap ? overSoap.resolver : ''}
    <AttributeFilter type="XML" validate="true" path="/etc/shibboleth/attribute-policy.xml"/>
    ${resolver('signing')}
    ${resolver('encryption')}
    ${hosts.map((host) => applicationOf(host, idpEntityId, soap)).join('\n    ')}
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" validate="true" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" validate="true" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
`;
}

/** The names under which attributes reach the application, in its environment. */
export const attributeMap = `<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Attribute name="urn:oasis:names:tc:SAML:attribute:subject-id" id="subject-id"><AttributeDecoder xsi:type="ScopedAttributeDecoder" caseSensitive="false"/></Attribute>
  <Attribute name="urn:oasis:names:tc:SAML:attribute:pairwise-id" id="pairwise-id"><AttributeDecoder xsi:type="ScopedAttributeDecoder" caseSensitive="false"/></Attribute>
  <Attribute name="Role" nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" id="Role"/>
  <Attribute name="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified" id="name-id"><AttributeDecoder xsi:type="NameIDAttributeDecoder" formatter="$Name"/></Attribute>
</Attributes>
`;

/** To a file: what a program writes to a pipe stays in its buffer. mod_shib's own complaints are in httpd's error log too. */
export const loggerTo = (file: string) => `log4j.rootCategory=INFO, file
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.fileName=${file}
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%p %c %x: %m%n
`;

/** The page behind the sign-in: what mod_shib tells the application, by server-side includes. */
export const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shibboleth</title></head><body>
<p id="user"><!--#echo var="REMOTE_USER" --></p>
<p id="roles"><!--#echo var="Role" --></p>
<p id="subject-id"><!--#echo var="subject-id" --></p>
<p id="pairwise-id"><!--#echo var="pairwise-id" --></p>
<p id="context"><!--#echo var="Shib-AuthnContext-Class" --></p>
<p id="server"><!--#echo var="SERVER_NAME" --></p>
</body></html>
`;

const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'include', 'mime', 'dir'];

/** Run by root, httpd serves as www-data. */
export function httpdConfiguration(folder: string, port: number, hosts: readonly ShibbolethHost[]): string {
  const load = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  const user = process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : [];
  const virtualHosts = hosts.map(
    ({ hostName }) => `<VirtualHost 127.0.0.1:${port}>
ServerName ${hostName}:${port}
UseCanonicalName On
DocumentRoot ${folder}/htdocs
<Location />
  ShibRequestSetting applicationId ${applicationIdOf(hostName)}
</Location>
<Directory ${folder}/htdocs>
  Options +Includes
  DirectoryIndex index.html
  Require all granted
</Directory>
<Location /Shibboleth.sso>
  SetHandler shib
  AuthType None
  Require all granted
</Location>
<Location /secure>
  AuthType shibboleth
  ShibRequestSetting requireSession 1
  Require shib-session
</Location>
</VirtualHost>`,
  );
  return `ServerRoot ${folder}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
Listen 127.0.0.1:${port}
ServerName localhost
ErrorLog ${folder}/error.log
${[...load, ...user].join('\n')}
LoadModule mod_shib /usr/lib/apache2/modules/mod_shib.so
ShibConfig ${folder}/shibboleth2.xml
StartServers 1
TypesConfig /dev/null
AddType text/html .html .shtml
AddOutputFilter INCLUDES .shtml
${virtualHosts.join('\n')}
`;
}
