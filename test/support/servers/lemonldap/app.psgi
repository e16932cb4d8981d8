# The portal with its static files, for plackup. LLNG_DEFAULTCONFFILE names the configuration.
# The portal wants a module for captchas even where it shows none; its own needs ImageMagick.
package Lemonldap::NG::Portal::Captcha::None;
use Mouse;
extends 'Lemonldap::NG::Common::Module';
sub init { 1 }
$INC{'Lemonldap/NG/Portal/Captcha/None.pm'} = __FILE__;

package main;
use Plack::Builder;
use Lemonldap::NG::Portal::Main;

builder {
    enable 'Static', path => sub { s{^/static/}{} }, root => '/usr/share/lemonldap-ng/portal/htdocs/static/';
    enable 'Static', path => sub { s{^/javascript/}{} }, root => '/usr/share/javascript/';
    Lemonldap::NG::Portal::Main->run( {} );
};
