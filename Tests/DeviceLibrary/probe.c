/* Hands each record of its input to every function of touchmark.h, and writes down what they say: the same words on every
 * target, or one of them is wrong.
 *
 * Input: records, each four octets of length (big-endian) and as many of content. Output: one line a record. */
#include "touchmark.h"

#include "board.h"

static uint8_t record[16384], room[16384];
static char line[2048];
static size_t used;

static void put(char letter) {
  if (used < sizeof line) line[used++] = letter;
}

static void put_number(int64_t number) {
  char digits[24];
  int count = 0;
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  if (number < 0) put('-');
  /* Shifts rather than divisions: a board without a compiler runtime has none for 64 bits. */
  do digits[count++] = "0123456789abcdef"[rest & 15];
  while (rest >>= 4);
  while (count) put(digits[--count]);
  put(' ');
}

/* A view as where it lies in the record and how long it is. */
static void put_view(touchmark_bytes bytes, const uint8_t *base) {
  put_number(bytes.count ? (int64_t)(bytes.start - base) : 0);
  put_number((int64_t)bytes.count);
}

/* Every third signature is bad, by its octets: both ends of each question are reached. */
static int32_t verify(void *context, const touchmark_signature *asked) {
  uint32_t *sum = context;
  for (size_t index = 0; index < asked->signature.count; index++) *sum = (*sum ^ asked->signature.start[index]) * 16777619u;
  *sum += asked->algorithm * 31u + asked->key_algorithm + (uint32_t)asked->key.count + (uint32_t)asked->message.count;
  return (*sum >> 8) % 3 != 0;
}

static int32_t sign(void *context, touchmark_bytes message, uint8_t *signature) {
  (void)context;
  for (size_t index = 0; index < 64; index++) signature[index] = message.start[index];
  return message.count >= 64;
}

static void put_certificate(touchmark_bytes der) {
  touchmark_certificate read;
  touchmark_result result = touchmark_certificate_read(der, &read);
  put_number(result);
  if (result != TOUCHMARK_OK) return;
  touchmark_bytes views[] = {
      read.encoded, read.serial, read.issuer, read.subject, read.subject_public_key_info, read.key,
      read.subject_key_identifier, read.authority_key_identifier, read.alternative_names, read.distribution_points};
  for (size_t index = 0; index < sizeof views / sizeof *views; index++) put_view(views[index], der.start);
  int64_t numbers[] = {
      read.not_before, read.not_after, read.path_length, read.key_usage, read.has_key_usage, read.is_authority,
      read.has_unknown_critical_extension, read.key_algorithm, read.signature_algorithm};
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) put_number(numbers[index]);
  touchmark_bytes value = {0};
  for (uint8_t attribute = 3; attribute < 12; attribute++)
    if (touchmark_name_attribute(read.subject, attribute, &value) == TOUCHMARK_OK) put_view(value, der.start);
  uint8_t kind;
  touchmark_bytes names = read.alternative_names;
  while (touchmark_alternative_name_next(&names, &kind, &value) == TOUCHMARK_OK) {
    put_number(kind);
    put_view(value, der.start);
  }
  for (uint32_t index = 0; touchmark_crl_address(read.distribution_points, index, &value) == TOUCHMARK_OK; index++)
    put_view(value, der.start);
  touchmark_bytes host = {(const uint8_t *)"device.example", 14};
  put_number(touchmark_certificate_names(der, host, 0));
}

static void put_checks(touchmark_bytes bytes) {
  uint32_t sum = 2166136261u;
  for (uint8_t purpose = 0; purpose < 3; purpose++) {
    touchmark_path path = {
        .certificate = bytes, .intermediates = bytes, .anchors = bytes,
        .time = purpose ? 1900000000 : TOUCHMARK_TIME_UNKNOWN, .purpose = purpose, .verifier = {&sum, verify}};
    put_number(touchmark_path_check(&path));
  }
  touchmark_revocation question = {
      .list = bytes, .certificate = bytes, .issuer = bytes, .time = TOUCHMARK_TIME_UNKNOWN, .verifier = {&sum, verify}};
  touchmark_revocation_answer answer;
  put_number(touchmark_revocation_check(&question, &answer));
  put_number(sum);
}

/* A bundle's first certificate against its others, and a list behind it, as a device uses them together. */
static void put_bundle(touchmark_bytes bytes) {
  touchmark_bytes certificates = {0}, cursor, first = {0}, next;
  touchmark_result result = touchmark_certificates_read(bytes, &certificates);
  put_number(result);
  if (result != TOUCHMARK_OK) return;
  cursor = certificates;
  while (touchmark_certificate_next(&cursor, &next) == TOUCHMARK_OK) {
    if (!first.count) first = next;
    put_certificate(next);
  }
  uint32_t sum = 1;
  touchmark_path path = {
      .certificate = first, .intermediates = certificates, .anchors = certificates, .time = TOUCHMARK_TIME_UNKNOWN,
      .purpose = TOUCHMARK_CLIENT, .verifier = {&sum, verify}};
  put_number(touchmark_path_check(&path));
  put_number(sum);
}

static void put_texts(touchmark_bytes bytes) {
  touchmark_bytes text, back;
  put_number(touchmark_base64_decode(bytes, room, sizeof room, &back));
  if (touchmark_base64_encode(bytes, room, sizeof room, &text) == TOUCHMARK_OK) {
    put_number((int64_t)text.count);
    put_number(touchmark_base64_decode(text, room, sizeof room, &back));
    put_number((int64_t)back.count);
  }
  touchmark_request request = {
      .point = {bytes.start, bytes.count < 65 ? bytes.count : 65}, .serial_number = {bytes.start, bytes.count % 70},
      .common_name = {(const uint8_t *)"probe", 5}, .signer = {0, sign}};
  put_number(touchmark_request_make(&request, room, sizeof room, &text));
}

static int read_all(uint8_t *to, size_t count) {
  for (size_t have = 0; have < count;) {
    long got = board_read(to + have, count - have);
    if (got <= 0) return 0;
    have += (size_t)got;
  }
  return 1;
}

int probe(void) {
  uint8_t length[4];
  if (touchmark_self_test() != TOUCHMARK_OK) return 1;
  while (read_all(length, sizeof length)) {
    size_t count = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    if (count > sizeof record || !read_all(record, count)) return 2;
    touchmark_bytes bytes = {record, count};
    used = 0;
    put_certificate(bytes);
    put_checks(bytes);
    put_bundle(bytes);
    put_texts(bytes);
    put('\n');
    for (size_t written = 0; written < used;) {
      long done = board_write(line + written, used - written);
      if (done <= 0) return 3;
      written += (size_t)done;
    }
  }
  return 0;
}
