/* Two calls that a probe needs of whatever it runs on: an operating system, or board.c on the bare system calls. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>

long board_read(void *buffer, size_t count);
long board_write(const void *buffer, size_t count);
int probe(void);

#endif
