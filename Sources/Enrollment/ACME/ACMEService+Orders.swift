import Credentials
import Issuance
import Registry
import WireFormats

extension ACMEService {
  /// How long an order that is not valid is kept.
  static let orderLifetime = Span.days(1)
  /// How long one is remembered after its certificate has ended.
  static let remembrance = Span.days(90)
  /// Names of one order.
  static let mostIdentifiers = 100

  /// RFC 8555 §7.4.
  func newOrder(_ message: ACMEMessage, _ account: ACMEAccountRecord) async throws(ACMEProblem) -> ACMEAnswer {
    let payload = try message.object()
    guard payload["notBefore"] == nil, payload["notAfter"] == nil else {
      throw ACMEProblem(.malformed, "the profile decides the validity: notBefore and notAfter are not taken")
    }
    let identifiers = try Self.identifiers(payload["identifiers"])
    guard payload["replaces"] == nil || payload["replaces"]?.text != nil else {
      throw ACMEProblem(.malformed, "\"replaces\" is a certificate's name (RFC 9773, 4.1)")
    }
    let replaces = payload["replaces"]?.text
    let (organization, now, request, around) = (organization, now, message.request, around)
    return try await transact(message) { writer in
      let profile = try Self.profile(of: request, in: writer, around)
      try Self.checkRight(of: account, to: identifiers, profile, in: writer, organization)
      if let replaces { try Self.checkReplaced(replaces, by: account, identifiers, in: writer, organization) }
      var random = SystemRandomNumberGenerator()
      let order = ACMEOrderRecord(
        id: ACMEObjectID(at: now, random: &random), account: account.id, profile: profile.name,
        identifiers: identifiers, replaces: replaces, createdAt: now, expiresAt: now + Self.orderLifetime)
      do { try writer.insert(order, in: organization) } catch StoreError.duplicate { throw Self.alreadyReplaced }
      let authorizations = identifiers.map { Self.authorization(of: $0, order, random: &random) }
      for authorization in authorizations {
        guard !Self.challenges(for: authorization, offered: around.challenges).isEmpty else {
          throw ACMEProblem(
            .rejectedIdentifier, "nothing here can validate this; acme: {allow: […]} in touchmark.yaml opens challenges"
          ).about(authorization.identifier)
        }
        try writer.insert(authorization, in: organization)
      }
      return .json(Self.json(order, authorizations, request), status: 201).at(request.url(.order(order.id)))
    }
  }

  /// RFC 8555 §7.1.3; fetched with an empty payload. One that an operator or the store holds up is asked for again.
  func order(
    _ id: ACMEObjectID, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    guard message.isFetch else { throw ACMEProblem(.malformed, "an order is fetched, with an empty payload") }
    let organization = organization
    let now = now
    let found = try await transact(message) { writer in
      let order = try Self.order(id, of: account, at: now, in: writer, organization)
      return try OrderInHand(order, of: account, at: now, in: writer, organization)
    }
    guard found.order.status == .processing else { return found.answer(message.request) }
    return try await complete(found, found.request, of: account, message.request, isPolled: true)
  }

  static func order(
    _ id: ACMEObjectID, of account: ACMEAccountRecord, at now: Instant, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws -> ACMEOrderRecord {
    guard var order = try reader.acmeOrder(id, in: organization), order.profile == account.profile else {
      throw ACMEProblem(.malformed, "there is no such order", status: 404)
    }
    guard order.account == account.id else { throw ACMEProblem(.unauthorized, "this is another account's order") }
    // RFC 8555 §7.1.6: what was not finished in time is invalid.
    if order.status != .valid, now >= order.expiresAt { order.status = .invalid }
    return order
  }

  static func json(
    _ order: ACMEOrderRecord, _ authorizations: [ACMEAuthorizationRecord], _ request: ACMERequest
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("status", .string(order.status.rawValue)), .init("expires", .string(order.expiresAt.description)),
      .init("identifiers", .array(order.identifiers.map(\.json))),
      .init("authorizations", .array(authorizations.map { .string(request.url(.authorization($0.id))) })),
      .init("finalize", .string(request.url(.finalize(order.id)))),
    ]
    if let replaces = order.replaces { members.append(.init("replaces", .string(replaces))) }
    if order.outcome != nil { members.append(.init("certificate", .string(request.url(.certificate(order.id))))) }
    if let problem = order.problem, let value = try? JSONParser.parse(Array(problem.utf8)) {
      members.append(.init("error", value))
    }
    return .object(members)
  }
}

// What an order may ask for.
extension ACMEService {
  /// Sorted, each once. RFC 8555 §6.7.1: what is wrong with several of them is said of each.
  private static func identifiers(_ value: JSONValue?) throws(ACMEProblem) -> [ACMEIdentifier] {
    guard let elements = value?.elements, (1...mostIdentifiers).contains(elements.count) else {
      throw ACMEProblem(.malformed, "\"identifiers\" is a list of 1 to \(mostIdentifiers)")
    }
    var (identifiers, problems): (Set<ACMEIdentifier>, [ACMEProblem]) = ([], [])
    for element in elements {
      do throws(ACMEProblem) { identifiers.insert(try .parse(element)) } catch { problems.append(error) }
    }
    try throwAll(problems)
    return identifiers.sorted()
  }

  private static func checkRight(
    of account: ACMEAccountRecord, to identifiers: [ACMEIdentifier], _ profile: Profile, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws {
    guard let binding = account.binding else {
      guard profile.proofs.contains(.challenge) else {
        throw ACMEProblem(.externalAccountRequired, "this profile needs an account with an external account binding")
      }
      return
    }
    let scope = try BindingScope(binding, in: reader, of: organization)
    try scope.checkStanding()
    try throwAll(identifiers.compactMap { scope.objection(to: $0) })
  }

  private static func throwAll(_ problems: [ACMEProblem]) throws(ACMEProblem) {
    guard let first = problems.first else { return }
    guard problems.count > 1 else { throw first }
    var all = ACMEProblem(
      problems.allSatisfy { $0.kind == first.kind } ? first.kind : .malformed, "some identifiers are not taken")
    all.subproblems = problems
    throw all
  }

  private static func authorization(
    of identifier: ACMEIdentifier, _ order: ACMEOrderRecord, random: inout SystemRandomNumberGenerator
  ) -> ACMEAuthorizationRecord {
    let isWildcard = identifier.kind == .dns && identifier.value.hasPrefix("*.")
    // RFC 8555 §8.3: at least 128 bits; here 256.
    let token = Base64.encodeURL([UInt8].random(count: 32))
    return ACMEAuthorizationRecord(
      id: ACMEObjectID(at: order.createdAt, random: &random), order: order.id, account: order.account,
      identifier: isWildcard ? ACMEIdentifier(.dns, String(identifier.value.dropFirst(2))) : identifier,
      isWildcard: isWildcard, token: token, expiresAt: order.expiresAt)
  }
}
