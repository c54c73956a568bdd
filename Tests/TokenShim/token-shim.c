/* A PKCS#11 module in front of SoftHSM, which goes wrong when it is told to. Files beside this library say how:

   sign-ms    its number of milliseconds is added to each C_Sign
   removed    while it is there, whatever has to do with the token answers CKR_DEVICE_REMOVED
   hang       while it is there, C_Sign does not return
   locked     the token says that its PIN is locked, and takes none
   final-try  the token says that one try is left
   logins     grows by an octet with each C_Login that reached the token

   Built with: cc -shared -fPIC -o token-shim.so token-shim.c -ldl */
#define _GNU_SOURCE
#if __has_include(<p11-kit/pkcs11.h>)
#include <p11-kit/pkcs11.h>
#else
#include <p11-kit-1/p11-kit/pkcs11.h>
#endif
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[4096];
static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST own;

static const char *beside(const char *name, char *room, size_t size) {
  snprintf(room, size, "%s/%s", folder, name);
  return room;
}

static int is_there(const char *name) {
  char path[4200];
  return access(beside(name, path, sizeof path), F_OK) == 0;
}

static void wait_ms(long ms) {
  struct timespec time = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&time, NULL);
}

static long sign_ms(void) {
  char path[4200], text[32] = "";
  int file = open(beside("sign-ms", path, sizeof path), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
  close(file);
  return atol(text);
}

#define GONE if (is_there("removed")) return CKR_DEVICE_REMOVED

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
  GONE;
  CK_RV value = real->C_GetTokenInfo(slot, info);
  if (value == CKR_OK && is_there("locked")) info->flags |= CKF_USER_PIN_LOCKED;
  if (value == CKR_OK && is_there("final-try")) info->flags |= CKF_USER_PIN_FINAL_TRY;
  return value;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
                          CK_SESSION_HANDLE *session) {
  GONE;
  return real->C_OpenSession(slot, flags, application, notify, session);
}

static CK_RV get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO *info) {
  GONE;
  return real->C_GetSessionInfo(session, info);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, unsigned long count) {
  char path[4200];
  GONE;
  int file = open(beside("logins", path, sizeof path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file >= 0) {
    if (write(file, ".", 1) < 0) perror("logins");
    close(file);
  }
  if (is_there("locked")) return CKR_PIN_LOCKED;
  return real->C_Login(session, user, pin, count);
}

static CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, unsigned long count) {
  GONE;
  return real->C_FindObjectsInit(session, wanted, count);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key) {
  GONE;
  return real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, unsigned long count, unsigned char *signature,
                  unsigned long *size) {
  while (is_there("hang")) wait_ms(10);
  GONE;
  long ms = sign_ms();
  if (ms > 0) wait_ms(ms);
  return real->C_Sign(session, data, count, signature, size);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
  static const char *candidates[] = {"/usr/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
                                     "/usr/local/lib/softhsm/libsofthsm2.so"};
  char path[4200];
  Dl_info here;
  if (!dladdr((void *)&C_GetFunctionList, &here) || !here.dli_fname) return CKR_GENERAL_ERROR;
  snprintf(folder, sizeof folder, "%s", here.dli_fname);
  char *slash = strrchr(folder, '/');
  if (!slash) return CKR_GENERAL_ERROR;
  *slash = 0;
  /* A copy of its own, where there is one, so that no two tests share a module's memory. */
  void *library = dlopen(beside("softhsm.so", path, sizeof path), RTLD_NOW | RTLD_LOCAL);
  for (size_t i = 0; !library && i < sizeof candidates / sizeof *candidates; i++)
    library = dlopen(candidates[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) return CKR_GENERAL_ERROR;
  CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
  if (!get || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  own = *real;
  own.C_GetFunctionList = C_GetFunctionList;
  own.C_GetTokenInfo = get_token_info;
  own.C_OpenSession = open_session;
  own.C_GetSessionInfo = get_session_info;
  own.C_Login = login;
  own.C_FindObjectsInit = find_objects_init;
  own.C_SignInit = sign_init;
  own.C_Sign = sign;
  *list = &own;
  return CKR_OK;
}
