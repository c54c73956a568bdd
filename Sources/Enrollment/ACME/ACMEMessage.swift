import Credentials
import Registry
import Synchronization
import WireFormats

/// A POST whose signature, address and nonce were checked. The nonce is spent with what the message does.
struct ACMEMessage: Sendable {
  enum Signer: Sendable {
    case account(ACMEAccountRecord)
    /// A key that shows itself: for newAccount, and for revoking the certificate of that key.
    case key(JSONWebKey, SubjectPublicKeyInfo)
  }

  let request: ACMERequest
  let signer: Signer
  let payload: [UInt8]
  /// As it is recorded.
  let nonce: [UInt8]
  /// Whether this message, and no earlier one, has spent it.
  let isSpent = Mark()
  /// Whether the account turned out to be another than the signature was checked with.
  let isStale = Mark()

  /// RFC 8555 §6.3: an empty payload, which fetches.
  var isFetch: Bool { payload.isEmpty }

  /// The payload's members.
  func object() throws(ACMEProblem) -> JSONValue {
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONParser.parse(payload) } catch {
      throw ACMEProblem(.malformed, "the payload: \(error)")
    }
    guard value.members != nil else { throw ACMEProblem(.malformed, "the payload is not a JSON object") }
    return value
  }
}

/// Set once.
final class Mark: Sendable {
  private let mark = Atomic(false)

  func set() { mark.store(true, ordering: .relaxed) }
  var value: Bool { mark.load(ordering: .relaxed) }
}

extension ACMEService {
  func post(_ request: ACMERequest) async throws(ACMEProblem) -> ACMEAnswer {
    // RFC 8555 §6.2.
    guard request.contentType?.prefix(while: { $0 != ";" && $0 != " " }).lowercased() == "application/jose+json" else {
      throw ACMEProblem(.malformed, "the Content-Type of a request is application/jose+json", status: 415)
    }
    let message = try await authenticated(request)
    do throws(ACMEProblem) { return try await take(message) } catch {
      guard message.isStale.value else { throw error }
      // Another process changed the account; it is read from the store now.
      return try await take(try await authenticated(request))
    }
  }

  private func take(_ message: ACMEMessage) async throws(ACMEProblem) -> ACMEAnswer {
    do throws(ACMEProblem) {
      return try await act(on: message)
    } catch {
      // A message is taken once, also where it was refused before its own transaction.
      if !message.isSpent.value, !message.isStale.value { _ = try await transact(message) { _ in true } }
      throw error
    }
  }

  private func act(on message: ACMEMessage) async throws(ACMEProblem) -> ACMEAnswer {
    let request = message.request
    switch request.resource {
    case .newAccount: return try await newAccount(message)
    case .revokeCert: return try await revokeCertificate(message)
    case .newNonce, .directory, .renewalInfo:
      throw ACMEProblem(.malformed, "this is fetched by GET", status: 405)
    default: break
    }
    guard case .account(let account) = message.signer else { throw ACMEProblem(.malformed, "\"kid\" is missing") }
    switch request.resource {
    case .keyChange: return try await changeKey(message, of: account)
    case .newOrder: return try await newOrder(message, account)
    case .account(let id): return try await updateAccount(id, message, account)
    case .orders(let id, let cursor): return try await listOrders(id, after: cursor, message, account)
    case .order(let id): return try await order(id, message, account)
    case .finalize(let id): return try await finalize(id, message, account)
    case .certificate(let id): return try await certificate(id, message, account)
    case .authorization(let id): return try await authorization(id, message, account)
    case .challenge(let id, let type): return try await challenge(id, type, message, account)
    case .newAccount, .revokeCert, .newNonce, .directory, .renewalInfo:
      throw ACMEProblem(.malformed, "there is nothing at this address", status: 404)
    }
  }

  private func authenticated(_ request: ACMERequest) async throws(ACMEProblem) -> ACMEMessage {
    let jws: FlattenedJWS
    do throws(JOSEError) { jws = try FlattenedJWS(parsing: request.body) } catch { throw ACMEProblem(error) }
    // RFC 8555 §6.2: no MAC.
    guard !jws.header.algorithm.isMAC else {
      throw ACMEProblem(.badSignatureAlgorithm, "a request is signed, and not MACed")
    }
    // RFC 8555 §6.4.
    guard jws.header.url == request.url else {
      throw ACMEProblem(.unauthorized, "\"url\" is not the address of this request")
    }
    guard let text = jws.header.nonce, let nonce = around.nonces.open(text, at: now) else {
      throw ACMEProblem(.badNonce, "the nonce is missing, too old, or not from here")
    }
    let signer = try await signer(of: jws, request)
    return ACMEMessage(request: request, signer: signer, payload: jws.payload, nonce: nonce)
  }

  private func signer(of jws: FlattenedJWS, _ request: ACMERequest) async throws(ACMEProblem) -> ACMEMessage.Signer {
    switch jws.header.signer {
    case .key(let jwk):
      guard request.resource == .newAccount || request.resource == .revokeCert else {
        throw ACMEProblem(
          .malformed, "\"jwk\" is for newAccount, and for revoking by a certificate's key; this needs \"kid\"")
      }
      let key = try jwk.accepted()
      try check(jws, key)
      return .key(jwk, key)
    case .identifier(let url):
      guard request.resource != .newAccount else { throw ACMEProblem(.malformed, "newAccount is signed with \"jwk\"") }
      let id = try Self.account(at: url, request)
      if let recent = accounts[id], recent.record.profile == request.profile, jws.isSigned(by: recent.key) {
        return .account(recent.record)
      }
      let record = try await account(id, request)
      guard let key = try? SubjectPublicKeyInfo(parsing: record.publicKey) else {
        throw ACMEProblem(.serverInternal, "the account's key cannot be read")
      }
      try check(jws, key)
      accounts.note(RecentAccounts.Account(record: record, key: key))
      return .account(record)
    }
  }

  private func check(_ jws: FlattenedJWS, _ key: SubjectPublicKeyInfo) throws(ACMEProblem) {
    guard jws.isSigned(by: key) else {
      throw ACMEProblem(.malformed, "the signature is not this key's, or not by this algorithm")
    }
  }

  private static func account(at url: String, _ request: ACMERequest) throws(ACMEProblem) -> ACMEObjectID {
    let prefix = request.base + "account/"
    guard url.hasPrefix(prefix), let id = ACMEObjectID(rawValue: String(url.dropFirst(prefix.count))) else {
      throw ACMEProblem(.accountDoesNotExist, "\"kid\" is no account of this directory")
    }
    return id
  }

  private func account(_ id: ACMEObjectID, _ request: ACMERequest) async throws(ACMEProblem) -> ACMEAccountRecord {
    let organization = organization
    let account: ACMEAccountRecord?
    do { account = try await store.read { try $0.acmeAccount(id, in: organization) } } catch { throw .from(error) }
    guard let account, account.profile == request.profile else {
      throw ACMEProblem(.accountDoesNotExist, "\"kid\" is no account of this directory")
    }
    // RFC 8555 §7.3.6.
    guard account.status == .valid else {
      throw ACMEProblem(.unauthorized, "the account is \(account.status.rawValue)")
    }
    return account
  }
}

extension ACMEService {
  /// One transaction, in which the nonce is spent and the account still is what it was when its signature was checked. When
  /// the body throws, nothing of it stays.
  func transact<T: Sendable>(
    _ message: ACMEMessage, _ body: @Sendable @escaping (any StoreWriter) throws -> T
  ) async throws(ACMEProblem) -> T {
    let (organization, accounts) = (organization, accounts)
    do {
      let outcome = try await store.write { writer in
        try Self.spend(message.nonce, in: writer, organization)
        try Self.checkAccount(of: message, in: writer, organization, accounts)
        return try body(writer)
      }
      message.isSpent.set()
      return outcome
    } catch {
      throw .from(error)
    }
  }

  private static func checkAccount(
    of message: ACMEMessage, in writer: any StoreWriter, _ organization: OrganizationID, _ accounts: RecentAccounts
  ) throws {
    guard case .account(let account) = message.signer, !message.isSpent.value else { return }
    guard try writer.acmeAccount(account.id, in: organization) == account else {
      accounts.forget(account.id)
      message.isStale.set()
      throw ACMEProblem(.unauthorized, "the account changed just now; ask again")
    }
  }

  private static func spend(_ nonce: [UInt8], in writer: any StoreWriter, _ organization: OrganizationID) throws {
    do {
      try writer.useACMENonce(nonce, in: organization)
    } catch StoreError.duplicate {
      throw ACMEProblem(.badNonce, "the nonce was used")
    }
  }
}

extension JSONWebKey {
  /// The key, checked.
  func accepted() throws(ACMEProblem) -> SubjectPublicKeyInfo {
    do throws(PublicKeyError) {
      return try publicKey()
    } catch {
      switch error {
      case .unsupported(let algorithm):
        throw ACMEProblem(.badPublicKey, "keys of the algorithm \(algorithm) are not taken here")
      case .tooWeak(let reason): throw ACMEProblem(.badPublicKey, "the key is too weak: \(reason)")
      case .malformed: throw ACMEProblem(.badPublicKey, "the key cannot be read")
      }
    }
  }
}
