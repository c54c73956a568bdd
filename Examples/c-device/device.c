/* A device that enrolls over EST with Touchmark's library for microcontrollers, and nothing of Swift around it.
 *
 *   c-device enroll HOST PORT ROOT.der SERIAL SECRET FOLDER     a key, a request, a certificate
 *   c-device renew  HOST PORT ROOT.der SERIAL FOLDER            the same key, by the certificate it has
 *   c-device status LIST.der ISSUER.der FOLDER                  what a revocation list says of it
 *
 * FOLDER holds key.pem, certificate.der and chain.der. Exit code 0 for a certificate that is good, 1 for an error, 3 for one
 * that is revoked. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chip.h"

static const char *folder;

static void stop(const char *what, touchmark_result result) {
  fprintf(stderr, "c-device: %s: %d\n", what, (int)result);
  exit(1);
}

static const char *path_of(const char *name) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static touchmark_bytes load(const char *path, uint8_t *room, size_t capacity) {
  FILE *file = fopen(path, "rb");
  if (!file) stop(path, 0);
  size_t count = fread(room, 1, capacity, file);
  fclose(file);
  return (touchmark_bytes){room, count};
}

/* The new file takes the old one's place in one step: there is never a moment without a certificate. */
static void keep(const char *name, touchmark_bytes bytes) {
  char final[512], beside[520];
  snprintf(final, sizeof final, "%s", path_of(name));
  snprintf(beside, sizeof beside, "%s.new", final);
  FILE *file = fopen(beside, "wb");
  if (!file || fwrite(bytes.start, 1, bytes.count, file) != bytes.count || fclose(file) || rename(beside, final))
    stop(final, 0);
}

/* RFC 7030 §4.2.1: a request in base64, written by the library, signed by the chip. */
static touchmark_bytes request_for(const char *serial, uint8_t *text, size_t capacity) {
  static uint8_t room[TOUCHMARK_REQUEST_ROOM];
  touchmark_request request = {
      .point = chip_point(), .serial_number = {(const uint8_t *)serial, strlen(serial)}, .signer = chip_signer()};
  touchmark_bytes der, body;
  touchmark_result result = touchmark_request_make(&request, room, sizeof room, &der);
  if (result == TOUCHMARK_OK) result = touchmark_base64_encode(der, text, capacity, &body);
  if (result != TOUCHMARK_OK) stop("no request", result);
  return body;
}

/* The certificates in an answer's body, read where they lie. */
static touchmark_bytes certificates_in(uint8_t *buffer, size_t count) {
  touchmark_bytes der, certificates;
  touchmark_result result = touchmark_base64_decode((touchmark_bytes){buffer, count}, buffer, count, &der);
  if (result == TOUCHMARK_OK) result = touchmark_certificates_read(der, &certificates);
  if (result != TOUCHMARK_OK) stop("the answer holds no certificates", result);
  return certificates;
}

/* The one for our key that leads to the anchor. */
static touchmark_bytes own_in(touchmark_bytes answer, touchmark_bytes intermediates, touchmark_bytes anchors) {
  touchmark_bytes der, cursor = answer, point = chip_point();
  while (touchmark_certificate_next(&cursor, &der) == TOUCHMARK_OK) {
    touchmark_certificate certificate;
    if (touchmark_certificate_read(der, &certificate) != TOUCHMARK_OK) continue;
    if (certificate.key.count != point.count || memcmp(certificate.key.start, point.start, point.count)) continue;
    touchmark_path path = {
        .certificate = der, .intermediates = intermediates, .anchors = anchors, .time = (int64_t)time(NULL),
        .purpose = TOUCHMARK_CLIENT, .verifier = chip_verifier()};
    touchmark_result result = touchmark_path_check(&path);
    if (result != TOUCHMARK_OK) stop("the new certificate is not believed", result);
    touchmark_bytes name = {0};
    if (touchmark_name_attribute(certificate.subject, 5, &name) != TOUCHMARK_OK) stop("it has no serial number", 0);
    printf("certificate for %.*s until %" PRId64 "\n", (int)name.count, (const char *)name.start, certificate.not_after);
    return der;
  }
  stop("no certificate for this key", 0);
  return (touchmark_bytes){0};
}

static void enroll(const char *host, const char *port, const char *root, const char *serial, const char *secret) {
  static uint8_t anchor_room[4096], chain_room[32768], own_room[8192], text[1024], answer[32768];
  touchmark_bytes none = {0}, anchors = load(root, anchor_room, sizeof anchor_room), own = none, chain = none;
  char head[1024];
  size_t count = 0;
  if (!chip_open_key(path_of("key.pem"))) stop("no key", 0);
  snprintf(head, sizeof head, "GET /.well-known/est/cacerts HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host);
  int status = chip_request(host, port, anchors, none, none, head, none, chain_room, sizeof chain_room, &count);
  if (status != 200) stop("cacerts", status);
  touchmark_bytes authorities = certificates_in(chain_room, count);

  char authorization[256] = "";
  if (secret) {
    char pair[160];
    uint8_t encoded[256];
    touchmark_bytes letters;
    snprintf(pair, sizeof pair, "%s:%s", serial, secret);
    touchmark_bytes bytes = {(const uint8_t *)pair, strlen(pair)};
    if (touchmark_base64_encode(bytes, encoded, sizeof encoded, &letters) != TOUCHMARK_OK) stop("no secret", 0);
    snprintf(
        authorization, sizeof authorization, "Authorization: Basic %.*s\r\n", (int)letters.count,
        (const char *)letters.start);
  } else {
    own = load(path_of("certificate.der"), own_room, sizeof own_room);
    chain = authorities;
  }
  touchmark_bytes body = request_for(serial, text, sizeof text);
  snprintf(
      head, sizeof head,
      "POST /.well-known/est/%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/pkcs10\r\n"
      "%sContent-Length: %zu\r\n\r\n",
      secret ? "simpleenroll" : "simplereenroll", host, authorization, body.count);
  status = chip_request(host, port, anchors, own, chain, head, body, answer, sizeof answer, &count);
  if (status != 200) stop("enrollment", status);
  keep("certificate.der", own_in(certificates_in(answer, count), authorities, anchors));
  keep("chain.der", authorities);
}

static int status(const char *list, const char *issuer) {
  static uint8_t list_room[65536], issuer_room[4096], own_room[4096];
  touchmark_revocation question = {
      .list = load(list, list_room, sizeof list_room), .issuer = load(issuer, issuer_room, sizeof issuer_room),
      .certificate = load(path_of("certificate.der"), own_room, sizeof own_room), .time = (int64_t)time(NULL),
      .verifier = chip_verifier()};
  touchmark_revocation_answer answer;
  touchmark_result result = touchmark_revocation_check(&question, &answer);
  if (result != TOUCHMARK_OK && result != TOUCHMARK_REVOKED) stop("the list says nothing", result);
  printf("%s, reason %d, next update %" PRId64 "\n", result == TOUCHMARK_OK ? "good" : "revoked", answer.reason, answer.next_update);
  return result == TOUCHMARK_OK ? 0 : 3;
}

int main(int count, char **words) {
  if (touchmark_self_test() != TOUCHMARK_OK) stop("the library does not work here", touchmark_self_test());
  if (count == 8 && !strcmp(words[1], "enroll")) {
    folder = words[7];
    enroll(words[2], words[3], words[4], words[5], words[6]);
    return 0;
  }
  if (count == 7 && !strcmp(words[1], "renew")) {
    folder = words[6];
    enroll(words[2], words[3], words[4], words[5], NULL);
    return 0;
  }
  if (count == 5 && !strcmp(words[1], "status")) {
    folder = words[4];
    return status(words[2], words[3]);
  }
  fprintf(stderr, "c-device: enroll, renew or status: see device.c\n");
  return 2;
}
