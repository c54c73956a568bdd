import Crypto
import Issuance
import Registry
import WireFormats

extension ACMEService {
  /// RFC 8555 §7.3.4: the MAC key is a secret's text, decoded; `kid` is the device's serial or the grant's name.
  func binding(
    _ value: JSONValue?, key: JSONWebKey, _ message: ACMEMessage
  ) async throws(ACMEProblem) -> ACMEAccountRecord.Binding? {
    guard let value else { return nil }
    let inner: FlattenedJWS
    do throws(JOSEError) { inner = try FlattenedJWS(value) } catch { throw ACMEProblem(error) }
    guard inner.header.algorithm.isMAC else {
      throw ACMEProblem(.badSignatureAlgorithm, "an external account binding has the algorithm HS256")
    }
    guard inner.header.nonce == nil, inner.header.url == message.request.url,
      case .identifier(let name) = inner.header.signer, name.utf8.count <= 128
    else { throw ACMEProblem(.malformed, "an external account binding has a kid, newAccount's url, and no nonce") }
    guard let bound = try? JSONWebKey(JSONParser.parse(inner.payload)), bound == key else {
      throw ACMEProblem(.malformed, "an external account binding is about the account's own key")
    }
    let candidates: [[UInt8]]
    do throws(Refusal) { candidates = try await around.secrets(name) } catch { throw ACMEProblem(error) }
    guard let secret = Self.secret(of: candidates, authenticating: inner) else {
      let wait = around.noteWrongSecret(name, message.request.address)
      guard wait == nil else {
        throw ACMEProblem(.rateLimited, "too many wrong bindings; the right one is still taken").after(wait)
      }
      throw ACMEProblem(.unauthorized, "the external account binding's kid or MAC is wrong")
    }
    return ACMEAccountRecord.Binding(name: name, secretHash: EnrollmentSecret.hash(secret))
  }

  /// Every candidate is tried, and one at least, so that the time does not tell whether a name is known.
  private static func secret(of candidates: [[UInt8]], authenticating jws: FlattenedJWS) -> [UInt8]? {
    let tried = candidates.isEmpty ? [Array(EnrollmentSecret().text.utf8)] : candidates
    var found: [UInt8]?
    for text in tried {
      guard let key = Base64.decodeURL(text) else { continue }
      if jws.isAuthenticated(withKey: key) { found = text }
    }
    return candidates.isEmpty ? nil : found
  }

  /// The secret behind an account as it is still in force; nil where it was voided, revoked or has expired.
  func secret(of binding: ACMEAccountRecord.Binding) async throws(Refusal) -> [UInt8]? {
    try await around.secrets(binding.name).first { EnrollmentSecret.hash($0) == binding.secretHash }
  }

  /// RFC 8555 §7.3.5.
  func changeKey(_ message: ACMEMessage, of account: ACMEAccountRecord) async throws(ACMEProblem) -> ACMEAnswer {
    let inner: FlattenedJWS
    do throws(JOSEError) { inner = try FlattenedJWS(parsing: message.payload) } catch { throw ACMEProblem(error) }
    guard inner.header.nonce == nil, inner.header.url == message.request.url, case .key(let jwk) = inner.header.signer
    else { throw ACMEProblem(.malformed, "the inner JWS has jwk, keyChange's url, and no nonce") }
    let key = try jwk.accepted()
    guard inner.isSigned(by: key) else { throw ACMEProblem(.malformed, "the inner JWS is not signed by the new key") }
    guard let payload = try? JSONParser.parse(inner.payload),
      payload["account"]?.text == message.request.url(.account(account.id)), let named = payload["oldKey"],
      let oldKey = try? JSONWebKey(named), oldKey.thumbprint == account.thumbprint
    else { throw ACMEProblem(.malformed, "the inner JWS does not name this account and its key") }
    let (organization, request) = (organization, message.request)
    return try await transact(message) { writer in
      guard var current = try writer.acmeAccount(account.id, in: organization), current.status == .valid,
        current.thumbprint == account.thumbprint
      else { throw ACMEProblem(.unauthorized, "the account is not valid any more, or has another key") }
      if let other = try writer.acmeAccount(thumbprint: jwk.thumbprint, profile: account.profile, in: organization) {
        var problem = ACMEProblem(.malformed, "another account has this key", status: 409)
        problem.location = request.url(.account(other.id))
        throw problem
      }
      (current.thumbprint, current.publicKey) = (jwk.thumbprint, key.encoded)
      try writer.update(current, in: organization)
      return .json(Self.json(current, request))
    }
  }
}
