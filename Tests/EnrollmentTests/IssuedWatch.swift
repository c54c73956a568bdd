import Credentials
import Issuance
import Registry
import Synchronization
import TestKit
import Testing
import WireFormats

/// Real enrolling that shows every certificate that it gives out to a check, whatever a door then answers.
final class IssuedWatch: Enrolling, ServerKeyEnrolling {
  private let inner: EnrollmentService
  private let check: @Sendable (Certificate) -> Bool
  private let counts = Mutex<(issued: Int, repeated: Int)>((0, 0))

  /// - Parameter check: whether the profile allows what stands in it.
  init(_ inner: EnrollmentService, _ check: @escaping @Sendable (Certificate) -> Bool) {
    (self.inner, self.check) = (inner, check)
  }

  var issued: Int { counts.withLock { $0.issued } }

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    let issued = try await inner.enroll(request)
    note(issued)
    return issued
  }

  func decideMakingKey(_ request: EnrollmentRequest, of kind: ServerKeyKind) async throws(Refusal) {
    try await inner.decideMakingKey(request, of: kind)
  }

  func enrollMakingKey(
    _ request: EnrollmentRequest, of kind: ServerKeyKind
  ) async throws(Refusal) -> (issued: Issued, key: GeneratedKey) {
    let made = try await inner.enrollMakingKey(request, of: kind)
    note(made.issued)
    return made
  }

  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    try await inner.authorityChains(label: label)
  }

  private func note(_ issued: Issued) {
    counts.withLock { $0.issued += 1 }
    guard let certificate = try? Certificate(parsing: issued.certificate) else {
      Issue.record("what was issued cannot be read")
      return
    }
    #expect(check(certificate), "\(certificate.subject) \(certificate.subjectAlternativeNames)")
  }
}

extension Certificate {
  /// What every profile of these tests gives, and no more: a client's or server's key for signatures, for a few days.
  func isWithin(_ purposes: [ObjectIdentifier], days: Int64) -> Bool {
    !isAuthority && keyUsage == [.digitalSignature] && Set(extendedKeyUsages).isSubset(of: purposes)
      && notAfter - notBefore <= Span.hours(days * 24 + 2)
  }
}
