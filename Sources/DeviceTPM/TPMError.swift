/// Why a TPM did not do what it was asked.
public enum TPMError: Error, Hashable, Sendable {
  /// There is no TPM, no tss2 library, or nobody answers; in words. The next call tries again.
  case unavailable(String)
  /// Too many calls wait already, or the TPM kept saying that it is busy.
  case busy
  /// An answer, or a blob that was kept, is not what its standard says.
  case malformed
  /// The key's, or the hierarchy's, authorization value is another one. Too many of these lock the TPM.
  case wrongAuthorization
  /// The TPM refuses values that could be guessed for a while (dictionary attack protection).
  case lockedOut
  /// A blob of another TPM, or of this one before it was cleared.
  case notOfThisTPM
  /// Nothing under that handle or index.
  case notThere
  /// Any other response code (TPM 2.0 Library part 2, §6.6), with the command's code.
  case failed(command: UInt32, code: UInt32)
}

extension TPMError {
  /// TPM 2.0 Library part 2, §6.6.2: a code of format 1 has bit 7 set; bits 8 to 11, and 6, say which handle, parameter or
  /// session it is about.
  init(command: UInt32, code: UInt32) {
    let isFormat1 = code & 0x80 != 0
    switch isFormat1 ? code & 0xBF : code {
    case 0x08E, 0x0A2: self = .wrongAuthorization  // TPM_RC_AUTH_FAIL, TPM_RC_BAD_AUTH
    case 0x921: self = .lockedOut  // TPM_RC_LOCKOUT
    case 0x09F: self = .notOfThisTPM  // TPM_RC_INTEGRITY
    case 0x08B: self = .notThere  // TPM_RC_HANDLE
    case 0x908, 0x90A, 0x922: self = .busy  // TPM_RC_YIELDED, TPM_RC_TESTING, TPM_RC_RETRY
    default: self = .failed(command: command, code: code)
    }
  }
}
