/* What a board brings: a key that it keeps, its crypto, and TLS. Here OpenSSL plays all three; on a board these functions
 * are the vendor's, and nothing else of the example changes. */
#ifndef CHIP_H
#define CHIP_H

#include "touchmark.h"

/* Signatures checked by the chip, whatever algorithms it has. */
touchmark_verifier chip_verifier(void);

/* The chip's key: loaded from the file, or made and written there. 1 when it is there. */
int chip_open_key(const char *path);
/* 0x04, x, y. */
touchmark_bytes chip_point(void);
touchmark_signer chip_signer(void);

/* One request over TLS, the server being checked by the library against the anchors: the body of an answer 200 into the
 * buffer. With a certificate, the client shows it. The HTTP status, or 0 without an answer. */
int chip_request(
    const char *host, const char *port, touchmark_bytes anchors, touchmark_bytes own_certificate, touchmark_bytes own_chain,
    const char *head, touchmark_bytes body, uint8_t *buffer, size_t capacity, size_t *count);

#endif
