#include "chip.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

static EVP_PKEY *device_key;
static uint8_t device_point[65];

/* ---- signatures ---- */

static int put_number(uint8_t **out, const uint8_t *bytes, size_t count) {
  while (count > 0 && *bytes == 0) bytes++, count--;
  if (count == 0) return 0;
  int sign = bytes[0] >= 0x80;
  *(*out)++ = 0x02;
  *(*out)++ = (uint8_t)(count + (size_t)sign);
  if (sign) *(*out)++ = 0;
  memcpy(*out, bytes, count);
  *out += count;
  return 1;
}

/* OpenSSL wants r and s as DER again; most chips want them as the library gives them. */
static size_t ecdsa_der(touchmark_bytes plain, uint8_t der[128]) {
  uint8_t numbers[120], *end = numbers;
  size_t half = plain.count / 2;
  if (plain.count > 96) return 0;
  if (!put_number(&end, plain.start, half) || !put_number(&end, plain.start + half, half)) return 0;
  size_t count = (size_t)(end - numbers);
  der[0] = 0x30;
  der[1] = (uint8_t)count;
  memcpy(der + 2, numbers, count);
  return count + 2;
}

static int32_t verify(void *context, const touchmark_signature *asked) {
  (void)context;
  const EVP_MD *digest = NULL;
  switch (asked->algorithm) {
    case TOUCHMARK_ECDSA_SHA256: case TOUCHMARK_RSA_SHA256: digest = EVP_sha256(); break;
    case TOUCHMARK_ECDSA_SHA384: case TOUCHMARK_RSA_SHA384: digest = EVP_sha384(); break;
    case TOUCHMARK_ECDSA_SHA512: case TOUCHMARK_RSA_SHA512: digest = EVP_sha512(); break;
    case TOUCHMARK_ED25519: break;
    default: return 0;
  }
  uint8_t der[128];
  const uint8_t *signature = asked->signature.start;
  size_t count = asked->signature.count;
  if (asked->key_algorithm == TOUCHMARK_KEY_P256 || asked->key_algorithm == TOUCHMARK_KEY_P384) {
    count = ecdsa_der(asked->signature, der);
    signature = der;
    if (count == 0) return 0;
  }
  const uint8_t *place = asked->subject_public_key_info.start;
  EVP_PKEY *key = d2i_PUBKEY(NULL, &place, (long)asked->subject_public_key_info.count);
  EVP_MD_CTX *state = EVP_MD_CTX_new();
  int good = key && state && EVP_DigestVerifyInit(state, NULL, digest, NULL, key) == 1 &&
             EVP_DigestVerify(state, signature, count, asked->message.start, asked->message.count) == 1;
  EVP_MD_CTX_free(state);
  EVP_PKEY_free(key);
  return good;
}

touchmark_verifier chip_verifier(void) { return (touchmark_verifier){NULL, verify}; }

/* ---- the device's key ---- */

int chip_open_key(const char *path) {
  FILE *file = fopen(path, "r");
  if (file) {
    device_key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
  } else {
    device_key = EVP_EC_gen("P-256");
    file = fopen(path, "w");
    if (!file || !PEM_write_PrivateKey(file, device_key, NULL, NULL, 0, NULL, NULL)) return 0;
  }
  fclose(file);
  size_t count = 0;
  return device_key &&
         EVP_PKEY_get_octet_string_param(
             device_key, OSSL_PKEY_PARAM_PUB_KEY, device_point, sizeof device_point, &count) == 1 &&
         count == sizeof device_point && device_point[0] == 0x04;
}

touchmark_bytes chip_point(void) { return (touchmark_bytes){device_point, sizeof device_point}; }

static int32_t sign(void *context, touchmark_bytes message, uint8_t *signature) {
  (void)context;
  uint8_t der[80];
  size_t count = sizeof der;
  EVP_MD_CTX *state = EVP_MD_CTX_new();
  int good = EVP_DigestSignInit(state, NULL, EVP_sha256(), NULL, device_key) == 1 &&
             EVP_DigestSign(state, der, &count, message.start, message.count) == 1;
  EVP_MD_CTX_free(state);
  const uint8_t *place = der;
  ECDSA_SIG *numbers = good ? d2i_ECDSA_SIG(NULL, &place, (long)count) : NULL;
  good = numbers && BN_bn2binpad(ECDSA_SIG_get0_r(numbers), signature, 32) == 32 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(numbers), signature + 32, 32) == 32;
  ECDSA_SIG_free(numbers);
  return good;
}

touchmark_signer chip_signer(void) { return (touchmark_signer){NULL, sign}; }

/* ---- TLS ---- */

struct server {
  const char *host;
  touchmark_bytes anchors;
};

/* Whether the library believes the server's chain and finds its name in it. OpenSSL's own verifier is not asked. */
static int believe_server(X509_STORE_CTX *asked, void *argument) {
  struct server *server = argument;
  STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(asked);
  static uint8_t bundle[32768];
  size_t count = 0, leaf = 0;
  for (int index = 0; index < sk_X509_num(shown); index++) {
    int length = i2d_X509(sk_X509_value(shown, index), NULL);
    uint8_t *place = bundle + count;
    if (length <= 0 || (size_t)length > sizeof bundle - count) return 0;
    i2d_X509(sk_X509_value(shown, index), &place);
    count += (size_t)length;
    if (index == 0) leaf = count;
  }
  touchmark_path path = {
      .certificate = {bundle, leaf}, .intermediates = {bundle, count}, .anchors = server->anchors,
      .time = (int64_t)time(NULL), .purpose = TOUCHMARK_SERVER, .verifier = chip_verifier()};
  touchmark_result result = touchmark_path_check(&path);
  touchmark_bytes host = {(const uint8_t *)server->host, strlen(server->host)};
  if (result == TOUCHMARK_OK) result = touchmark_certificate_names(path.certificate, host, 0);
  if (result != TOUCHMARK_OK) {
    fprintf(stderr, "c-device: the server is not believed: %d\n", result);
    X509_STORE_CTX_set_error(asked, X509_V_ERR_APPLICATION_VERIFICATION);
  }
  return result == TOUCHMARK_OK;
}

static int show_certificate(SSL_CTX *context, touchmark_bytes own, touchmark_bytes chain) {
  if (SSL_CTX_use_certificate_ASN1(context, (int)own.count, own.start) != 1) return 0;
  if (SSL_CTX_use_PrivateKey(context, device_key) != 1) return 0;
  touchmark_bytes der;
  while (touchmark_certificate_next(&chain, &der) == TOUCHMARK_OK) {
    const uint8_t *place = der.start;
    X509 *issuer = d2i_X509(NULL, &place, (long)der.count);
    if (!issuer || SSL_CTX_add1_chain_cert(context, issuer) != 1) return 0;
    X509_free(issuer);
  }
  return 1;
}

static int exchange(BIO *connection, const char *head, touchmark_bytes body, uint8_t *buffer, size_t capacity, size_t *count) {
  if (BIO_puts(connection, head) <= 0) return 0;
  if (body.count && BIO_write(connection, body.start, (int)body.count) <= 0) return 0;
  size_t filled = 0;
  int got;
  while (filled + 1 < capacity && (got = BIO_read(connection, buffer + filled, (int)(capacity - filled - 1))) > 0)
    filled += (size_t)got;
  buffer[filled] = 0;
  int status = 0;
  char *end = strstr((char *)buffer, "\r\n\r\n");
  if (!end || sscanf((char *)buffer, "HTTP/1.%*d %d", &status) != 1) return 0;
  size_t header = (size_t)(end + 4 - (char *)buffer);
  *count = filled - header;
  memmove(buffer, buffer + header, *count);
  return status;
}

int chip_request(
    const char *host, const char *port, touchmark_bytes anchors, touchmark_bytes own_certificate, touchmark_bytes own_chain,
    const char *head, touchmark_bytes body, uint8_t *buffer, size_t capacity, size_t *count) {
  struct server server = {host, anchors};
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback(context, believe_server, &server);
  if (own_certificate.count && !show_certificate(context, own_certificate, own_chain)) return 0;
  BIO *connection = BIO_new_ssl_connect(context);
  SSL *tls = NULL;
  BIO_get_ssl(connection, &tls);
  SSL_set_tlsext_host_name(tls, host);
  BIO_set_conn_hostname(connection, host);
  BIO_set_conn_port(connection, port);
  int status = BIO_do_connect(connection) == 1 ? exchange(connection, head, body, buffer, capacity, count) : 0;
  BIO_free_all(connection);
  SSL_CTX_free(context);
  return status;
}
