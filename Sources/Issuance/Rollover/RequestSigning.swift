import AuditLog
import KeyCustody
import Registry

/// The key that an installation signs its requests with, so that a root's holder knows whose they are. It is one of the
/// online keys, made when it is first needed.
public struct RequestSigning: Sendable {
  private let signer: SoftwareKey
  /// As the holder takes it.
  public let key: NoteKey

  static let keyName = "root-requests"

  public init(keys: SealedKeyStore, organization: OrganizationID) async throws {
    signer =
      keys.names().contains(Self.keyName)
      ? try keys.signer(named: Self.keyName, purpose: CustodyPurpose.rootRequests)
      : try await keys.generated(name: Self.keyName, purpose: CustodyPurpose.rootRequests, algorithm: .ed25519)
    let name = Self.noteName(organization)
    guard let key = NoteKey(name: name, publicKey: signer.publicKey.keyOctets) else {
      throw Refusal(.unavailable, "the key for requests is not an Ed25519 key")
    }
    self.key = key
  }

  static func noteName(_ organization: OrganizationID) -> String { "touchmark/\(organization)/root-requests" }

  /// A request's file.
  public func signedNote(of request: RootRequest) throws -> String { try note(of: request) }

  func note(of request: RootRequest) throws -> String {
    let signature = try signer.signature(over: Array(request.text.utf8))
    return SignedNote(signing: request.text, as: key, signature: signature).description
  }
}

extension RootRequest {
  /// Reads a request's file and believes it only when the installation's key signed it.
  public init(note: String, key: NoteKey) throws(Refusal) {
    let read: SignedNote
    do throws(NoteError) {
      read = try SignedNote(parsing: note)
    } catch {
      throw Refusal(.badRequest, "this is no request to a root: it is not a signed note")
    }
    do throws(NoteError) {
      try read.verify([key])
    } catch {
      throw Refusal(.forbidden, "the request is not signed by this installation's key")
    }
    try self.init(text: read.text)
    guard key.name == RequestSigning.noteName(organization) else {
      throw Refusal(.forbidden, "the request is of another organization than its signature")
    }
  }

  /// Reads a request's file without believing it: for showing it.
  public static func unverified(note: String) throws(Refusal) -> RootRequest {
    guard let read = try? SignedNote(parsing: note) else {
      throw Refusal(.badRequest, "this is no request to a root: it is not a signed note")
    }
    return try RootRequest(text: read.text)
  }
}
