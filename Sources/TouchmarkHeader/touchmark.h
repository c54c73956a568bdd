/* Touchmark's library for devices without an operating system: certificates, chains, revocation lists, certification
 * requests and EST bodies, over buffers of the caller's.
 *
 * It allocates nothing, keeps nothing between calls, does no I/O and knows no clock. All cryptography is the chip's own,
 * through the functions of touchmark_verifier and touchmark_signer. Whatever bytes it is given, it neither traps nor reads
 * outside of them. What it returns points into the caller's buffers and is good for as long as they are.
 *
 * docs/device-library.md says which clause of which standard is behind each answer. */
#ifndef TOUCHMARK_H
#define TOUCHMARK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#define TOUCHMARK_NONNULL _Nonnull
#define TOUCHMARK_NULLABLE _Nullable
#else
#define TOUCHMARK_NONNULL
#define TOUCHMARK_NULLABLE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the caller's. An absent value has the count 0. Not terminated by a zero. */
typedef struct touchmark_bytes {
  const uint8_t *TOUCHMARK_NULLABLE start;
  size_t count;
} touchmark_bytes;

/* 0, or why not. */
typedef int32_t touchmark_result;
enum {
  TOUCHMARK_OK = 0,
  /* The bytes are not what they should be. */
  TOUCHMARK_TRUNCATED = 1,
  TOUCHMARK_UNEXPECTED_TAG = 2,
  TOUCHMARK_NOT_DER = 3,
  TOUCHMARK_TRAILING = 4,
  TOUCHMARK_TOO_LONG = 5,
  TOUCHMARK_BAD_INTEGER = 6,
  TOUCHMARK_BAD_TIME = 7,
  TOUCHMARK_BAD_STRING = 8,
  TOUCHMARK_UNSUPPORTED_VERSION = 9,
  TOUCHMARK_ALGORITHM_MISMATCH = 10,
  TOUCHMARK_DUPLICATE_EXTENSION = 11,
  TOUCHMARK_BAD_EXTENSION = 12,
  TOUCHMARK_UNEXPECTED_CONTENT = 13,
  TOUCHMARK_BAD_BASE64 = 14,
  /* The caller's buffer is too small. */
  TOUCHMARK_NO_ROOM = 15,
  /* A value of the caller's cannot be written. */
  TOUCHMARK_BAD_VALUE = 16,
  /* The caller's own function said no. */
  TOUCHMARK_REFUSED = 17,
  /* Nothing more, or nothing of that kind. */
  TOUCHMARK_NONE = 18,
  /* The certificate can be read and is not believed. */
  TOUCHMARK_UNREADABLE = 32,
  TOUCHMARK_NOT_YET_VALID = 33,
  TOUCHMARK_EXPIRED = 34,
  TOUCHMARK_UNKNOWN_CRITICAL_EXTENSION = 35,
  TOUCHMARK_NOT_AN_AUTHORITY = 36,
  TOUCHMARK_MAY_NOT_SIGN_CERTIFICATES = 37,
  TOUCHMARK_PATH_TOO_LONG = 38,
  TOUCHMARK_BAD_SIGNATURE = 39,
  TOUCHMARK_NO_ISSUER = 40,
  TOUCHMARK_WRONG_PURPOSE = 41,
  TOUCHMARK_TOO_MANY_SIGNATURES = 42,
  /* The list says nothing about the certificate. */
  TOUCHMARK_LIST_OF_OTHER_ISSUER = 64,
  TOUCHMARK_LIST_UNKNOWN_CRITICAL_EXTENSION = 65,
  TOUCHMARK_LIST_ISSUER_MAY_NOT_SIGN = 66,
  TOUCHMARK_LIST_NOT_YET_VALID = 67,
  TOUCHMARK_LIST_STALE = 68,
  TOUCHMARK_LIST_BAD_SIGNATURE = 69,
  /* The list says that the certificate is revoked, or held. */
  TOUCHMARK_REVOKED = 96
};

/* Algorithms of keys. */
enum {
  TOUCHMARK_KEY_UNKNOWN = 0,
  TOUCHMARK_KEY_P256 = 1,
  TOUCHMARK_KEY_P384 = 2,
  TOUCHMARK_KEY_ED25519 = 3,
  TOUCHMARK_KEY_RSA = 4,
  TOUCHMARK_KEY_ML_DSA_44 = 5,
  TOUCHMARK_KEY_ML_DSA_65 = 6,
  TOUCHMARK_KEY_ML_DSA_87 = 7
};

/* Algorithms of signatures. */
enum {
  TOUCHMARK_SIGNATURE_UNKNOWN = 0,
  TOUCHMARK_ECDSA_SHA256 = 1,
  TOUCHMARK_ECDSA_SHA384 = 2,
  TOUCHMARK_ECDSA_SHA512 = 3,
  TOUCHMARK_ED25519 = 4,
  TOUCHMARK_RSA_SHA256 = 5,
  TOUCHMARK_RSA_SHA384 = 6,
  TOUCHMARK_RSA_SHA512 = 7,
  TOUCHMARK_ML_DSA_44 = 8,
  TOUCHMARK_ML_DSA_65 = 9,
  TOUCHMARK_ML_DSA_87 = 10
};

/* What the holder of a certificate is about to do with it. */
enum { TOUCHMARK_ANY_PURPOSE = 0, TOUCHMARK_SERVER = 1, TOUCHMARK_CLIENT = 2 };

/* One signature that the chip is asked about. */
typedef struct touchmark_signature {
  uint8_t algorithm;
  uint8_t key_algorithm;
  /* An uncompressed point (0x04, x, y), 32 octets of Ed25519, or a DER RSAPublicKey. */
  touchmark_bytes key;
  /* The whole SubjectPublicKeyInfo. */
  touchmark_bytes subject_public_key_info;
  touchmark_bytes message;
  /* For ECDSA r, then s, 32 octets each on P-256 and 48 each on P-384; else as it stands. */
  touchmark_bytes signature;
} touchmark_signature;

/* The chip's way to check signatures: 1 for a good one, anything else is bad. */
typedef struct touchmark_verifier {
  void *TOUCHMARK_NULLABLE context;
  int32_t (*TOUCHMARK_NULLABLE verify)(void *TOUCHMARK_NULLABLE context, const touchmark_signature *TOUCHMARK_NONNULL signature);
} touchmark_verifier;

/* The chip's way to sign with its P-256 key, ECDSA over SHA-256 of the message: r, then s, into 64 octets; 1 when done. */
typedef struct touchmark_signer {
  void *TOUCHMARK_NULLABLE context;
  int32_t (*TOUCHMARK_NULLABLE sign)(void *TOUCHMARK_NULLABLE context, touchmark_bytes message, uint8_t *TOUCHMARK_NONNULL signature);
} touchmark_signer;

/* Seconds since 1970-01-01T00:00:00Z, or this where a device does not know the time: then no validity is looked at. */
#define TOUCHMARK_TIME_UNKNOWN INT64_MIN

/* A certificate that was read. */
typedef struct touchmark_certificate {
  touchmark_bytes encoded;
  touchmark_bytes serial;
  touchmark_bytes issuer;
  touchmark_bytes subject;
  touchmark_bytes subject_public_key_info;
  touchmark_bytes key;
  touchmark_bytes subject_key_identifier;
  touchmark_bytes authority_key_identifier;
  /* To be read with touchmark_alternative_name_next. */
  touchmark_bytes alternative_names;
  /* To be read with touchmark_crl_address_next. */
  touchmark_bytes distribution_points;
  int64_t not_before;
  int64_t not_after;
  /* -1 without one. */
  int32_t path_length;
  /* Bit n of KeyUsage at 1 << n. */
  uint16_t key_usage;
  uint8_t has_key_usage;
  uint8_t is_authority;
  uint8_t has_unknown_critical_extension;
  uint8_t key_algorithm;
  uint8_t signature_algorithm;
} touchmark_certificate;

touchmark_result touchmark_certificate_read(touchmark_bytes der, touchmark_certificate *TOUCHMARK_NONNULL certificate);

/* The first value of attribute 2.5.4.n in a name, as UTF-8: 3 is commonName, 5 is serialNumber. TOUCHMARK_NONE without. */
touchmark_result touchmark_name_attribute(touchmark_bytes name, uint8_t attribute, touchmark_bytes *TOUCHMARK_NONNULL value);

/* The next name, moving the cursor on, which begins as certificate.alternative_names. kind is the choice's number: 1 mail,
 * 2 DNS, 6 URI, 7 address. TOUCHMARK_NONE at the end. */
touchmark_result touchmark_alternative_name_next(
    touchmark_bytes *TOUCHMARK_NONNULL cursor, uint8_t *TOUCHMARK_NONNULL kind, touchmark_bytes *TOUCHMARK_NONNULL value);

/* The address of a CRL by its index, from 0 on. TOUCHMARK_NONE after the last. */
touchmark_result touchmark_crl_address(touchmark_bytes distribution_points, uint32_t index, touchmark_bytes *TOUCHMARK_NONNULL uri);

/* Whether the certificate names a server: a DNS name in ASCII, or with is_address 4 or 16 octets. */
touchmark_result touchmark_certificate_names(touchmark_bytes certificate, touchmark_bytes host, uint8_t is_address);

/* What a chain is checked against. */
typedef struct touchmark_path {
  touchmark_bytes certificate;
  /* Certificates one after the other, in any order. */
  touchmark_bytes intermediates;
  /* Trusted ones, one after the other. */
  touchmark_bytes anchors;
  int64_t time;
  uint8_t purpose;
  touchmark_verifier verifier;
} touchmark_path;

/* Whether a certificate leads to an anchor. */
touchmark_result touchmark_path_check(const touchmark_path *TOUCHMARK_NONNULL path);

/* What a revocation list is asked. */
typedef struct touchmark_revocation {
  touchmark_bytes list;
  touchmark_bytes certificate;
  /* Whose path was checked already. */
  touchmark_bytes issuer;
  int64_t time;
  touchmark_verifier verifier;
} touchmark_revocation;

/* What the list says. */
typedef struct touchmark_revocation_answer {
  int64_t this_update;
  /* TOUCHMARK_TIME_UNKNOWN without one. */
  int64_t next_update;
  /* The CRLNumber, big-endian. */
  touchmark_bytes number;
  /* With TOUCHMARK_REVOKED alone; the reason is RFC 5280's CRLReason, 6 for a certificate on hold. */
  int64_t revoked_at;
  uint8_t reason;
} touchmark_revocation_answer;

/* TOUCHMARK_OK: the list is good, and the certificate not on it. TOUCHMARK_REVOKED: it is. Else the list says nothing. */
touchmark_result touchmark_revocation_check(
    const touchmark_revocation *TOUCHMARK_NONNULL question, touchmark_revocation_answer *TOUCHMARK_NONNULL answer);

/* A certification request for the chip's P-256 key. */
typedef struct touchmark_request {
  /* 0x04, x, y: 65 octets. */
  touchmark_bytes point;
  /* Both may be empty; then the subject is. */
  touchmark_bytes serial_number;
  touchmark_bytes common_name;
  touchmark_signer signer;
} touchmark_request;

/* Room that every request fits into. */
#define TOUCHMARK_REQUEST_ROOM 384

/* Writes a PKCS#10 request somewhere into the buffer, and says where. */
touchmark_result touchmark_request_make(
    const touchmark_request *TOUCHMARK_NONNULL request, uint8_t *TOUCHMARK_NONNULL buffer, size_t capacity,
    touchmark_bytes *TOUCHMARK_NONNULL der);

/* Room that count octets take in base64. */
#define TOUCHMARK_BASE64_ROOM(count) (((count) + 2) / 3 * 4)

/* An EST body: base64 without line breaks. The buffers may not overlap. */
touchmark_result touchmark_base64_encode(
    touchmark_bytes bytes, uint8_t *TOUCHMARK_NONNULL buffer, size_t capacity, touchmark_bytes *TOUCHMARK_NONNULL text);

/* Line breaks and blanks are passed over. The buffer may be the text's own. */
touchmark_result touchmark_base64_decode(
    touchmark_bytes text, uint8_t *TOUCHMARK_NONNULL buffer, size_t capacity, touchmark_bytes *TOUCHMARK_NONNULL bytes);

/* The certificates of EST's certs-only answer, one after the other, as touchmark_path takes them. */
touchmark_result touchmark_certificates_read(touchmark_bytes pkcs7, touchmark_bytes *TOUCHMARK_NONNULL certificates);

/* The next of several certificates, moving the cursor on. TOUCHMARK_NONE at the end. */
touchmark_result touchmark_certificate_next(
    touchmark_bytes *TOUCHMARK_NONNULL cursor, touchmark_bytes *TOUCHMARK_NONNULL der);

/* Whether the library does on this board what it does elsewhere: reads, writes and refuses what is built in. */
touchmark_result touchmark_self_test(void);

#ifdef __cplusplus
}
#endif

#endif
