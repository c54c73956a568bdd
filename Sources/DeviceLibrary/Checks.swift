// The names are those of touchmark.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import TouchmarkHeader

@c @implementation
public func touchmark_path_check(_ path: UnsafePointer<touchmark_path>) -> touchmark_result {
  let given = path.pointee
  guard let leaf = try? CertificateView(parsing: given.certificate.view) else { return PathError.unreadable.rawValue }
  guard let purpose = KeyPurpose(rawValue: given.purpose) else { return FormatError.badValue.rawValue }
  var check = PathCheck(
    intermediates: given.intermediates.view, anchors: given.anchors.view, time: time(given.time), purpose: purpose,
    verifier: BoardVerifier(verifier: given.verifier))
  do throws(PathError) { try check.check(leaf) } catch { return error.rawValue }
  return ok
}

@c @implementation
public func touchmark_revocation_check(
  _ question: UnsafePointer<touchmark_revocation>, _ answer: UnsafeMutablePointer<touchmark_revocation_answer>
) -> touchmark_result {
  let given = question.pointee
  answer.pointee = touchmark_revocation_answer()
  return result { () throws(FormatError) in
    let list = try RevocationListView(parsing: given.list.view)
    let certificate = try CertificateView(parsing: given.certificate.view)
    let issuer = try CertificateView(parsing: given.issuer.view)
    guard certificate.issuer.equals(issuer.subject) else { return RevocationError.otherIssuer.rawValue }
    do throws(RevocationError) {
      try list.check(issuer: issuer, at: time(given.time), verifier: BoardVerifier(verifier: given.verifier))
    } catch { return error.rawValue }
    answer.pointee.this_update = list.thisUpdate.seconds
    answer.pointee.next_update = list.nextUpdate?.seconds ?? Int64.min
    answer.pointee.number = touchmark_bytes(list.number)
    guard let entry = try list.entry(for: certificate.serial) else { return ok }
    answer.pointee.revoked_at = entry.revokedAt.seconds
    answer.pointee.reason = entry.reason
    return revoked
  }
}
