import TouchmarkHeader

/// What the functions of touchmark.h have in common.
extension touchmark_bytes {
  var view: ByteView { ByteView(start: start, count: count) }

  init(_ view: ByteView) { self.init(start: view.start, count: view.count) }
}

/// A reading's outcome as a number.
func result(_ body: () throws(FormatError) -> touchmark_result) -> touchmark_result {
  do throws(FormatError) { return try body() } catch { return error.rawValue }
}

let ok: touchmark_result = 0
/// TOUCHMARK_NONE and TOUCHMARK_REVOKED, which are answers and no errors.
let none: touchmark_result = 18
let revoked: touchmark_result = 96

func time(_ seconds: Int64) -> UnixTime? { seconds == Int64.min ? nil : UnixTime(seconds: seconds) }

/// The chip's functions behind the library's own protocols.
struct BoardVerifier: SignatureVerifier {
  let verifier: touchmark_verifier

  func isValid(scheme: SignatureScheme, key: PublicKeyView, message: ByteView, signature: ByteView) -> Bool {
    guard let verify = verifier.verify else { return false }
    var question = touchmark_signature()
    question.algorithm = scheme.rawValue
    question.key_algorithm = key.kind.rawValue
    question.key = touchmark_bytes(key.bits)
    question.subject_public_key_info = touchmark_bytes(key.encoded)
    question.message = touchmark_bytes(message)
    question.signature = touchmark_bytes(signature)
    return verify(verifier.context, &question) == 1
  }
}

struct BoardSigner: RequestSigner {
  let signer: touchmark_signer

  func sign(_ message: ByteView, into signature: UnsafeMutablePointer<UInt8>) -> Bool {
    guard let sign = signer.sign else { return false }
    return sign(signer.context, touchmark_bytes(message), signature) == 1
  }
}
