/* PKCS#11 as p11-kit declares it. Types alone: modules are loaded at run time, and nothing is linked. */
#if __has_include(<p11-kit/pkcs11.h>)
#include <p11-kit/pkcs11.h>
#else
#include <p11-kit-1/p11-kit/pkcs11.h>
#endif
