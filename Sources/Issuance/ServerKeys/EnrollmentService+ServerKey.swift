import Credentials
import Registry
import Synchronization

/// Makes keys for devices that cannot make good ones. Off unless a profile says otherwise.
public protocol ServerKeyEnrolling: Sendable {
  /// Whether a key would be made, which says nothing of what happens until then.
  func decideMakingKey(_ request: EnrollmentRequest, of kind: ServerKeyKind) async throws(Refusal)
  /// Makes a key and certifies it. The request's own key and signature count for nothing (RFC 7030 §4.4.1).
  ///
  /// Nothing keeps the key: what is returned is the only one there is. A lost answer cannot be given again; the right that
  /// was used up is used up (decision 0037).
  func enrollMakingKey(
    _ request: EnrollmentRequest, of kind: ServerKeyKind
  ) async throws(Refusal) -> (issued: Issued, key: GeneratedKey)
}

extension ServerKeyEnrolling {
  /// A key of the kind that the request names.
  public func enrollMakingKey(
    _ request: EnrollmentRequest
  ) async throws(Refusal) -> (issued: Issued, key: GeneratedKey) { try await enrollMakingKey(request, of: .requested) }
}

extension EnrollmentService: ServerKeyEnrolling {
  public func enrollMakingKey(
    _ request: EnrollmentRequest, of kind: ServerKeyKind
  ) async throws(Refusal) -> (issued: Issued, key: GeneratedKey) {
    // Decided before a key is made: making one costs seconds, and a stranger must not order it.
    let decided = try await decided(request, of: kind)
    guard keysInTheMaking.begin() else {
      throw Refusal(.unavailable, "too many keys are being made; ask again later", retryAfter: 5)
    }
    defer { keysInTheMaking.end() }
    let key = try await GeneratedKey.make(for: decided.request)
    return (try await enroll(decided.with(key)), key)
  }

  public func decideMakingKey(_ request: EnrollmentRequest, of kind: ServerKeyKind) async throws(Refusal) {
    _ = try await decided(request, of: kind)
  }

  private func decided(
    _ request: EnrollmentRequest, of kind: ServerKeyKind
  ) async throws(Refusal) -> EnrollmentRequest {
    var applicant: Applicant?
    var asked = request.askingForKey
    do throws(Refusal) {
      guard !asked.showsKeyAlone else {
        throw Refusal(.forbidden, "a device that is known by its key has one already")
      }
      let resolution = try await resolve(asked)
      applicant = resolution.applicant
      let profile = try catalog.prepare(resolution.profile)
      asked = asked.with(try kind.chosen(for: asked.request, in: profile.profile))
      let decision = try decide(asked, resolution, profile)
      _ = try await approval(of: asked, resolution.applicant, decision)
      return asked
    } catch {
      await recordRefusal(error, of: asked, applicant: applicant)
      throw error
    }
  }
}

/// How many keys are made at once, in one process.
final class KeysInTheMaking: Sendable {
  private static let most = 4
  private let count = Mutex(0)

  func begin() -> Bool {
    count.withLock { count in
      guard count < Self.most else { return false }
      count += 1
      return true
    }
  }

  func end() { count.withLock { $0 -= 1 } }
}

extension EnrollmentRequest {
  fileprivate var askingForKey: EnrollmentRequest { with(request) }

  fileprivate func with(_ key: GeneratedKey) -> EnrollmentRequest { with(key.request.requested) }

  fileprivate func with(_ requested: RequestedCertificate) -> EnrollmentRequest {
    EnrollmentRequest(
      requested, credential: credential, door: door, label: label, isRenewal: isRenewal, serial: serial,
      isKeyFromServer: true, address: address)
  }
}
