/* The probe under an operating system. */
#include <unistd.h>

#include "board.h"

long board_read(void *buffer, size_t count) { return read(0, buffer, count); }
long board_write(const void *buffer, size_t count) { return write(1, buffer, count); }
int main(void) { return probe(); }
