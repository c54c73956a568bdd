import Credentials
import Issuance
import Registry
import Synchronization

/// Issuing as a door sees it: it answers with one given certificate, or refuses, and keeps what it was asked.
final class StubEnrolling: Enrolling {
  static let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I"

  let certificate: [UInt8]
  private let asked = Mutex<[EnrollmentRequest]>([])
  private let refusal = Mutex<Refusal?>(nil)

  init(certificate: [UInt8]) { self.certificate = certificate }

  var requests: [EnrollmentRequest] { asked.withLock { $0 } }

  /// From now on every request that shows who it is gets this.
  func refuse(_ next: Refusal?) { refusal.withLock { $0 = next } }

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    asked.withLock { $0.append(request) }
    if case .secret(_, let secret) = request.credential, secret != Array(Self.secret.utf8) {
      throw Refusal(.unauthenticated, "the name or the secret is wrong", detail: "wrong secret")
    }
    if let refusal = refusal.withLock({ $0 }) { throw refusal }
    guard let serial = try? Certificate(parsing: certificate).serial else { throw Refusal(.unavailable, "no serial") }
    return Issued(certificate: certificate, chain: [], serial: serial, repeated: false)
  }

  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    guard label == nil || label?.rawValue == "operational" else {
      throw Refusal(.notFound, "there is no such profile at this address")
    }
    return [certificate, certificate]
  }
}
