#!/bin/sh
# Makes an authority, a key pair for the server, and certificates of alice, bob and carol, in the current folder.
# With `revoke <name>` it puts that person on the authority's revocation list.
set -eu

cat > ca.cnf <<'CONFIGURATION'
[ca]
default_ca = authority
[authority]
database = ca.index
crlnumber = ca.number
default_md = sha256
default_crl_days = 30
CONFIGURATION

list() {
  openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.crt -out ca.crl.new
  mv ca.crl.new ca.crl
}

if [ "${1:-}" = revoke ]; then
  openssl ca -config ca.cnf -keyfile ca.key -cert ca.crt -revoke "$2.crt"
  list
  exit
fi

p256='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
openssl req -x509 $p256 -keyout ca.key -out ca.crt -days 3650 -subj '/O=Example/CN=Example People CA' \
  -addext 'keyUsage=critical,keyCertSign,cRLSign'
openssl req -x509 $p256 -keyout server.key -out server.crt -days 365 -subj '/CN=localhost' \
  -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -addext 'basicConstraints=critical,CA:FALSE'

serial=1
for name in alice bob carol; do
  printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n' > person.ext
  openssl req $p256 -keyout "$name.key" -out person.csr -subj "/O=Example/OU=Archive/CN=$name"
  openssl x509 -req -in person.csr -CA ca.crt -CAkey ca.key -set_serial "$serial" -days 365 -extfile person.ext -out "$name.crt"
  serial=$((serial + 1))
done
rm -f person.csr person.ext

: > ca.index
echo 01 > ca.number
list
