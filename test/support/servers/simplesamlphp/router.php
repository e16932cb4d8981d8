<?php
// What PHP's own web server asks first. Pages of applications are here; the rest is SimpleSAMLphp's own.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/') {
    header('Content-Type: text/plain');
    echo 'open to all';
    return true;
}
if (!preg_match('#^/app/([\w-]+)/(page|logout)$#', $path, $match)) {
    // The server's own search for a script stops at the first dot of a path such as module.php/saml/sp/saml2-acs.php/name.
    if (preg_match('#^(/(?:module|logout|saml2/idp/\w+)\.php)(/.*)?$#', $path, $script)) {
        $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $script[1];
        $_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . $script[1];
        if (isset($script[2])) {
            $_SERVER['PATH_INFO'] = $script[2];
        }
        chdir(dirname($_SERVER['SCRIPT_FILENAME']));
        require $_SERVER['SCRIPT_FILENAME'];
        return true;
    }
    return false;
}

require_once $_SERVER['DOCUMENT_ROOT'] . '/_include.php';
$auth = new \SimpleSAML\Auth\Simple($match[1]);
if ($match[2] === 'logout') {
    $auth->logout(\SimpleSAML\Utils\HTTP::getSelfURLHost() . '/');
}
$auth->requireAuth();
header('Content-Type: text/html; charset=utf-8');
$nameId = $auth->getAuthData('saml:sp:NameID');
$shown = ['user' => [$nameId->getValue()], 'format' => [$nameId->getFormat()]] + $auth->getAttributes();
echo '<!doctype html><html lang="en"><head><title>SimpleSAMLphp</title></head><body>';
foreach ($shown as $name => $values) {
    $values = htmlspecialchars(implode(',', array_map('strval', $values)));
    echo '<p id="' . htmlspecialchars(strtolower($name)) . '">' . $values . '</p>';
}
echo '</body></html>';
return true;
