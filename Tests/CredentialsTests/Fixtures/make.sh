#!/bin/sh
# Made the requests in this folder, with OpenSSL 3.0.22 on Debian 12. Run again only to add one: tests hold exact bytes.
set -eu
cd "$(dirname "$0")"
KEYS=$(mktemp -d)
trap 'rm -rf "$KEYS"' EXIT

key() { openssl genpkey -quiet -algorithm "$2" -out "$KEYS/$1" ${3:+-pkeyopt "$3"}; }
request() {
  name=$1 key=$2
  shift 2
  [ -e "$name.csr" ] || openssl req -new -key "$KEYS/$key" -out "$name.csr" -outform PEM "$@"
}

key p256 EC ec_paramgen_curve:P-256
key p384 EC ec_paramgen_curve:P-384
key p521 EC ec_paramgen_curve:P-521
key rsa1024 RSA rsa_keygen_bits:1024
key rsa2048 RSA rsa_keygen_bits:2048
key rsa3072 RSA rsa_keygen_bits:3072
key rsa4096 RSA rsa_keygen_bits:4096
key ed25519 ED25519
key ed448 ED448
openssl ecparam -name prime256v1 -genkey -noout | openssl ec -conv_form compressed -out "$KEYS/compressed" 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit -out "$KEYS/explicit"

request p256-plain p256 -subj /CN=pump-7
request p256-empty-subject p256 -subj /
request p256-names p256 -subj "/C=DE/O=Acme GmbH/serialNumber=PUMP-7/CN=pump-7" \
  -addext "subjectAltName=DNS:pump-7.example,IP:10.0.0.7,IP:2001:db8::7,URI:urn:dev:ops:32473-pump-7,email:ops@acme.example" \
  -addext "keyUsage=critical,digitalSignature,keyAgreement" -addext "extendedKeyUsage=clientAuth,serverAuth" \
  -addext "basicConstraints=critical,CA:FALSE"
request p256-other-names p256 -subj /CN=pump-7 \
  -addext "subjectAltName=otherName:1.3.6.1.5.5.7.8.4;SEQ:hardware,RID:1.2.3.4,dirName:directory" -config hardware.cnf
request p256-challenge p256 -config challenge.cnf
request p256-utf8 p256 -utf8 -subj "/O=Käserei Žižek/CN=Pumpe ☃" -nameopt utf8
request p256-sha384 p256 -sha384 -subj /CN=pump-7
request p256-authority p256 -subj /CN=pump-7 -addext "basicConstraints=critical,CA:TRUE,pathlen:0"
request p384-plain p384 -sha384 -subj /CN=pump-7
request rsa2048-plain rsa2048 -subj /CN=pump-7
request rsa2048-sha512 rsa2048 -sha512 -subj /CN=pump-7
request rsa2048-pss rsa2048 -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -subj /CN=pump-7
request rsa3072-plain rsa3072 -subj /CN=pump-7
request rsa4096-plain rsa4096 -subj /CN=pump-7
request ed25519-plain ed25519 -subj /CN=pump-7
request refused-p521 p521 -subj /CN=pump-7
request refused-ed448 ed448 -subj /CN=pump-7
request refused-rsa1024 rsa1024 -subj /CN=pump-7
request refused-sha1 p256 -sha1 -subj /CN=pump-7
request refused-compressed compressed -subj /CN=pump-7
request refused-explicit explicit -subj /CN=pump-7
