import Credentials
import Issuance
import Registry
import WireFormats

/// RFC 8555 between its bytes and issuing. What outlives a message is in the store, so that any process answers the next.
public struct ACMEService: Sendable {
  /// What the door stands on.
  public struct Surroundings: Sendable {
    public var store: any Store
    public var organization: OrganizationID
    public var catalog: ProfileCatalog
    public var enrolling: any Enrolling
    /// The secrets, as text, that a device's serial or a grant's name was given to check MACs with.
    public var secrets: @Sendable (String) async throws(Refusal) -> [[UInt8]]
    /// Notes a wrong MAC by name and address; the seconds to wait when there were too many.
    public var noteWrongSecret: @Sendable (String, String) -> Int?
    /// Revokes a certificate at its own holder's wish; the text is where that came from.
    public var revoke: @Sendable (CertificateRecord, RevocationReason, Holder, String) async throws(Refusal) -> Void
    /// An authority's certificate and those above it without the root, DER.
    public var chain: @Sendable (AuthorityID) -> [[UInt8]]
    public var nonces: ACMENonces
    /// The challenges that the configuration lets succeed.
    public var challenges: Set<ACMEAuthorizationRecord.Challenge>
    /// Validations that may wait, of all accounts and of one.
    public var mostValidations = 10_000
    public var mostValidationsOfOne = 1000
    public var clock: Clock
    /// Takes a validation in hand at once; what is lost with the process is due again (`ACMEValidationQueue.claim`).
    /// Nil leaves it to whoever looks into the store.
    public var begin: (@Sendable (ACMEValidation) -> Void)?

    public init(
      store: any Store, organization: OrganizationID, catalog: ProfileCatalog, enrolling: any Enrolling,
      secrets: @escaping @Sendable (String) async throws(Refusal) -> [[UInt8]],
      noteWrongSecret: @escaping @Sendable (String, String) -> Int?,
      revoke: @escaping @Sendable (CertificateRecord, RevocationReason, Holder, String) async throws(Refusal) -> Void,
      chain: @escaping @Sendable (AuthorityID) -> [[UInt8]], nonces: ACMENonces,
      challenges: Set<ACMEAuthorizationRecord.Challenge>, clock: @escaping Clock,
      begin: (@Sendable (ACMEValidation) -> Void)? = nil
    ) {
      self.store = store
      self.organization = organization
      self.catalog = catalog
      self.enrolling = enrolling
      self.secrets = secrets
      self.noteWrongSecret = noteWrongSecret
      self.revoke = revoke
      self.chain = chain
      self.nonces = nonces
      self.challenges = challenges
      self.clock = clock
      self.begin = begin
    }
  }

  /// How somebody showed that a certificate is theirs.
  public enum Holder: Hashable, Sendable {
    /// By the certificate's own key.
    case key
    /// By an account that ordered it, or that controls all its names.
    case account(ACMEObjectID)
  }

  let around: Surroundings
  let accounts = RecentAccounts()

  public init(_ surroundings: Surroundings) { around = surroundings }

  var store: any Store { around.store }
  var organization: OrganizationID { around.organization }
  var now: Instant { around.clock() }

  /// Every request has an answer; what was refused is in it for the log.
  public func answer(_ request: ACMERequest) async -> ACMEAnswer {
    var answer: ACMEAnswer
    do throws(ACMEProblem) {
      answer = try await request.isPost ? post(request) : get(request)
    } catch {
      answer = .problem(error)
    }
    // RFC 8555 §6.5: in every answer to a POST, and in errors above all.
    if request.isPost || request.resource == .newNonce { answer.nonce = around.nonces.make(at: now) }
    if request.resource != .directory { answer = answer.linked("index", request.url(.directory)) }
    return answer
  }

  private func get(_ request: ACMERequest) async throws(ACMEProblem) -> ACMEAnswer {
    switch request.resource {
    case .directory: try await directory(request)
    case .newNonce: ACMEAnswer(status: 204)
    case .renewalInfo(let name): try await renewalInfo(name)
    default: throw ACMEProblem(.malformed, "this is fetched by POST (RFC 8555, 6.3)", status: 405)
    }
  }

  /// RFC 8555 §7.1.1.
  private func directory(_ request: ACMERequest) async throws(ACMEProblem) -> ACMEAnswer {
    let profile = try await profile(of: request)
    return .json([
      "newNonce": .string(request.url(.newNonce)), "newAccount": .string(request.url(.newAccount)),
      "newOrder": .string(request.url(.newOrder)), "revokeCert": .string(request.url(.revokeCert)),
      "keyChange": .string(request.url(.keyChange)), "renewalInfo": .string(request.base + "renewal-info"),
      "meta": ["externalAccountRequired": .boolean(!profile.proofs.contains(.challenge))],
    ])
  }

  /// The directory's profile, when it has this door at all.
  func profile(of request: ACMERequest) async throws(ACMEProblem) -> Profile {
    do { return try await store.read { [around] in try Self.profile(of: request, in: $0, around) } } catch {
      throw .from(error)
    }
  }

  /// As it stands in this transaction.
  static func profile(of request: ACMERequest, in reader: any StoreReader, _ around: Surroundings) throws -> Profile {
    guard let record = try reader.profile(request.profile, in: around.organization) else {
      throw Refusal(.notFound, "no profile has this name")
    }
    let profile = try around.catalog.prepare(record).profile
    guard profile.doors.contains(.acme) else {
      throw Refusal(
        .forbidden, "profile \(profile.name) is not offered over acme", hint: "protocols in the profile opens it")
    }
    return profile
  }
}
