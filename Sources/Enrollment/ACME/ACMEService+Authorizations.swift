import Credentials
import Issuance
import Registry
import WireFormats

extension ACMEService {
  /// RFC 8555 §7.5, §7.5.2: fetched with an empty payload, or deactivated.
  func authorization(
    _ id: ACMEObjectID, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let payload: JSONValue = message.isFetch ? .object([]) : try message.object()
    guard message.isFetch || payload["status"]?.text == "deactivated" else {
      throw ACMEProblem(.malformed, "an authorization can be deactivated, and nothing else")
    }
    let (organization, request, now, around) = (organization, message.request, now, around)
    return try await transact(message) { writer in
      var authorization = try Self.authorization(id, of: account, in: writer, organization)
      if !message.isFetch, authorization.status == .pending || authorization.status == .valid {
        authorization.status = .deactivated
        try Self.settle(authorization, in: writer, organization)
      }
      return Self.answer(authorization, at: now, request, around.challenges)
    }
  }

  /// RFC 8555 §7.5.1: the client says that the challenge can be looked at.
  func challenge(
    _ id: ACMEObjectID, _ type: ACMEAuthorizationRecord.Challenge, _ message: ACMEMessage, _ account: ACMEAccountRecord
  ) async throws(ACMEProblem) -> ACMEAnswer {
    let payload: JSONValue? = message.isFetch ? nil : try message.object()
    let (organization, request, now, around) = (organization, message.request, now, around)
    let dueAt = around.begin == nil ? now : now + ACMEValidationQueue.claim
    let (authorization, isQueued) = try await transact(message) { writer in
      var authorization = try Self.authorization(id, of: account, in: writer, organization)
      guard Self.challenges(for: authorization, offered: around.challenges).contains(type) else {
        throw ACMEProblem(.malformed, "this challenge is not offered here", status: 404)
      }
      guard let payload, authorization.status == .pending, authorization.challenge == nil, now < authorization.expiresAt
      else { return (authorization, false) }
      try BindingScope.checkStanding(of: account, in: writer, of: organization)
      authorization.challenge = type
      if type == .deviceAttest {
        let statement = Self.attested(payload, authorization, account, at: now, in: writer, organization)
        try Self.settle(authorization.settled(statement, at: now), in: writer, organization)
        return (authorization.settled(statement, at: now), false)
      }
      try Self.checkRoom(for: account, in: writer, around)
      try writer.update(authorization, in: organization)
      try writer.put(ACMEValidationRecord(authorization: id, dueAt: dueAt), in: organization)
      return (authorization, true)
    }
    if isQueued {
      around.begin?(ACMEValidation(ACMEValidationRecord(authorization: id, dueAt: dueAt), authorization, account))
    }
    if type == .deviceAttest, let text = authorization.problem, payload != nil,
      let detail = (try? JSONParser.parse(Array(text.utf8)))?["detail"]?.text
    {
      // draft-ietf-acme-device-attest-07 §5: said at once.
      throw ACMEProblem(.badAttestationStatement, detail)
    }
    return .json(Self.json(authorization, type, at: now, request)).linked("up", request.url(.authorization(id)))
  }

  private static func checkRoom(
    for account: ACMEAccountRecord, in reader: any StoreReader, _ around: Surroundings
  ) throws {
    let count = try reader.countACMEValidations(in: around.organization)
    guard count >= around.mostValidationsOfOne else { return }
    let own = try reader.countACMEValidations(of: account.id, in: around.organization)
    guard count < around.mostValidations, own < around.mostValidationsOfOne else {
      throw ACMEProblem(.rateLimited, "too many validations wait", status: 503).after(10)
    }
  }

  static func authorization(
    _ id: ACMEObjectID, of account: ACMEAccountRecord, in reader: any StoreReader, _ organization: OrganizationID
  ) throws -> ACMEAuthorizationRecord {
    guard let authorization = try reader.acmeAuthorization(id, in: organization) else {
      throw ACMEProblem(.malformed, "there is no such authorization", status: 404)
    }
    guard authorization.account == account.id else {
      throw ACMEProblem(.unauthorized, "this is another account's authorization")
    }
    return authorization
  }

  /// Writes what became of an authorization, and what that makes of its order (RFC 8555 §7.1.6).
  static func settle(
    _ authorization: ACMEAuthorizationRecord, in writer: any StoreWriter, _ organization: OrganizationID
  ) throws {
    try writer.update(authorization, in: organization)
    try writer.removeACMEValidation(of: authorization.id, in: organization)
    guard var order = try writer.acmeOrder(authorization.order, in: organization) else { return }
    let all = try writer.acmeAuthorizations(ofOrder: order.id, in: organization)
    switch order.status {
    case .pending where all.allSatisfy { $0.status == .valid }: order.status = .ready
    case .pending where all.contains { $0.status != .valid && $0.status != .pending }:
      (order.status, order.problem) = (.invalid, authorization.problem)
    // A right that was given back cannot be used any more.
    case .ready where all.contains { $0.status != .valid }: order.status = .invalid
    case .pending, .ready, .processing, .valid, .invalid: return
    }
    try writer.update(order, in: organization)
  }

  /// RFC 8555 §8, RFC 8737 §3, RFC 8738 §4, draft-ietf-acme-device-attest-07 §5: which challenges can show this.
  static func challenges(
    for authorization: ACMEAuthorizationRecord, offered: Set<ACMEAuthorizationRecord.Challenge>
  ) -> [ACMEAuthorizationRecord.Challenge] {
    let fitting: [ACMEAuthorizationRecord.Challenge] =
      switch authorization.identifier.kind {
      case .dns: authorization.isWildcard ? [.dns] : [.http, .dns, .tlsALPN]
      case .ip: [.http, .tlsALPN]
      case .permanentIdentifier, .hardwareModule: [.deviceAttest]
      }
    return fitting.filter { offered.contains($0) }
  }

  private static func answer(
    _ authorization: ACMEAuthorizationRecord, at now: Instant, _ request: ACMERequest,
    _ offered: Set<ACMEAuthorizationRecord.Challenge>
  ) -> ACMEAnswer {
    let types = authorization.challenge.map { [$0] } ?? challenges(for: authorization, offered: offered)
    var members: [JSONValue.Member] = [
      .init("identifier", authorization.identifier.json), .init("status", .string(status(of: authorization, at: now))),
      .init("expires", .string(authorization.expiresAt.description)),
      .init("challenges", .array(types.map { json(authorization, $0, at: now, request) })),
    ]
    if authorization.isWildcard { members.append(.init("wildcard", true)) }
    let waits = authorization.status == .pending && authorization.challenge != nil
    return ACMEAnswer.json(.object(members)).after(waits ? 1 : nil)
  }

  private static func status(of authorization: ACMEAuthorizationRecord, at now: Instant) -> String {
    let isOver = now >= authorization.expiresAt && (authorization.status == .pending || authorization.status == .valid)
    return isOver ? "expired" : authorization.status.rawValue
  }

  /// RFC 8555 §7.1.5, §7.1.6.
  static func json(
    _ authorization: ACMEAuthorizationRecord, _ type: ACMEAuthorizationRecord.Challenge, at now: Instant,
    _ request: ACMERequest
  ) -> JSONValue {
    let status =
      switch (authorization.challenge == type, authorization.status) {
      case (false, _): "pending"
      case (true, .pending): "processing"
      case (true, .valid): "valid"
      case (true, .invalid), (true, .deactivated), (true, .revoked): "invalid"
      }
    var members: [JSONValue.Member] = [
      .init("type", .string(type.rawValue)), .init("status", .string(status)),
      .init("url", .string(request.url(.challenge(authorization.id, type)))),
      .init("token", .string(authorization.token)),
    ]
    if status == "valid", let at = authorization.validatedAt {
      members.append(.init("validated", .string(at.description)))
    }
    if status == "invalid", let text = authorization.problem, let value = try? JSONParser.parse(Array(text.utf8)) {
      members.append(.init("error", value))
    }
    return .object(members)
  }
}

extension ACMEAuthorizationRecord {
  /// RFC 8555 §8.1.
  func keyAuthorization(_ account: ACMEAccountRecord) -> String {
    token + "." + Base64.encodeURL(account.thumbprint)
  }

  /// With what a validation came to.
  func settled(_ result: Result<DeviceAttestation.Attested?, ACMEProblem>, at now: Instant) -> ACMEAuthorizationRecord {
    var settled = self
    switch result {
    case .success(let attested):
      (settled.status, settled.validatedAt) = (.valid, now)
      (settled.attestedKeyHash, settled.attestingKeyHash) = (attested?.keyHash, attested?.attestingKeyHash)
    case .failure(let problem): (settled.status, settled.problem) = (.invalid, problem.about(identifier).text)
    }
    return settled
  }
}
