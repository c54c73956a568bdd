import Credentials
import Crypto
import Issuance
import Registry
import WireFormats

extension ACMEService {
  /// RFC 8555 §7.3.
  func newAccount(_ message: ACMEMessage) async throws(ACMEProblem) -> ACMEAnswer {
    guard case .key(let jwk, let key) = message.signer else {
      throw ACMEProblem(.malformed, "newAccount is signed with \"jwk\"")
    }
    let profile = try await profile(of: message.request)
    let payload = try message.object()
    let contacts = try Self.contacts(payload["contact"]) ?? []
    let onlyExisting = payload["onlyReturnExisting"] == .boolean(true)
    let binding = try await binding(payload["externalAccountBinding"], key: jwk, message)
    let (organization, now, request) = (organization, now, message.request)
    return try await transact(message) { writer in
      if let binding { try BindingScope(binding, in: writer, of: organization).checkStanding() }
      if var known = try writer.acmeAccount(thumbprint: jwk.thumbprint, profile: profile.name, in: organization) {
        guard known.status == .valid else {
          throw ACMEProblem(.unauthorized, "the account is \(known.status.rawValue)")
        }
        // A device that was given a new secret binds its account anew.
        if let binding, !onlyExisting {
          known.binding = binding
          try writer.update(known, in: organization)
        }
        return .json(Self.json(known, request)).at(request.url(.account(known.id)))
      }
      guard !onlyExisting else { throw ACMEProblem(.accountDoesNotExist, "no account has this key") }
      guard binding != nil || profile.proofs.contains(.challenge) else {
        throw ACMEProblem(
          .externalAccountRequired,
          "an account needs an external account binding; touchmark device add or grant add with --mac makes its secret")
      }
      var random = SystemRandomNumberGenerator()
      let account = ACMEAccountRecord(
        id: ACMEObjectID(at: now, random: &random), profile: profile.name, thumbprint: jwk.thumbprint,
        publicKey: key.encoded, contacts: contacts, binding: binding, createdAt: now)
      try writer.insert(account, in: organization)
      return .json(Self.json(account, request), status: 201).at(request.url(.account(account.id)))
    }
  }

  /// RFC 8555 §7.3.2, §7.3.6; fetched with an empty payload.
  func updateAccount(
    _ id: ACMEObjectID, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    guard id == account.id else { throw ACMEProblem(.unauthorized, "this is another's account") }
    let payload: JSONValue = message.isFetch ? .object([]) : try message.object()
    let contacts = try Self.contacts(payload["contact"])
    guard payload["status"] == nil || payload["status"]?.text == "deactivated" else {
      throw ACMEProblem(.malformed, "an account can be deactivated, and nothing else")
    }
    let (organization, request) = (organization, message.request)
    return try await transact(message) { writer in
      guard var current = try writer.acmeAccount(id, in: organization), current.status == .valid else {
        throw ACMEProblem(.unauthorized, "the account is not valid any more")
      }
      if let contacts { current.contacts = contacts }
      if payload["status"] != nil { current.status = .deactivated }
      if !message.isFetch { try writer.update(current, in: organization) }
      return .json(Self.json(current, request))
    }
  }

  /// RFC 8555 §7.1.2.1, a hundred at a time.
  func listOrders(
    _ id: ACMEObjectID, after cursor: ACMEObjectID?, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    guard id == account.id else { throw ACMEProblem(.unauthorized, "this is another's account") }
    let (organization, request) = (organization, message.request)
    return try await transact(message) { writer in
      let found = try writer.acmeOrders(of: id, after: cursor, limit: 101, in: organization)
      let shown = found.prefix(100)
      var answer = ACMEAnswer.json(["orders": .array(shown.map { .string(request.url(.order($0.id))) })])
      if found.count > shown.count, let last = shown.last {
        answer = answer.linked("next", request.url(.orders(id, after: last.id)))
      }
      return answer
    }
  }

  static func json(_ account: ACMEAccountRecord, _ request: ACMERequest) -> JSONValue {
    [
      "status": .string(account.status.rawValue), "contact": .array(account.contacts.map { .string($0) }),
      "orders": .string(request.url(.orders(account.id, after: nil))),
    ]
  }

  /// RFC 8555 §7.3: only `mailto:`, one address each, without header fields.
  private static func contacts(_ value: JSONValue?) throws(ACMEProblem) -> [String]? {
    guard let value, value != .null else { return nil }
    guard let elements = value.elements, elements.count <= 10 else {
      throw ACMEProblem(.malformed, "\"contact\" is a list of at most ten addresses")
    }
    var contacts: [String] = []
    for element in elements {
      guard let text = element.text else { throw ACMEProblem(.malformed, "\"contact\" is a list of addresses") }
      guard text.hasPrefix("mailto:") else { throw ACMEProblem(.unsupportedContact, "contacts are mailto: addresses") }
      let octets = text.dropFirst(7).utf8
      guard octets.count <= 254, octets.contains(UInt8(ascii: "@")),
        octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "?") })
      else { throw ACMEProblem(.invalidContact, "this is not one address") }
      contacts.append(text)
    }
    return contacts
  }
}
