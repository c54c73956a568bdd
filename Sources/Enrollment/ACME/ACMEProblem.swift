import Registry
import WireFormats

/// An error in ACME's vocabulary: a problem document (RFC 7807) of a type from RFC 8555 §6.7.
public struct ACMEProblem: Error, Hashable, Sendable {
  /// What stands behind `urn:ietf:params:acme:error:`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case accountDoesNotExist, alreadyRevoked, badCSR, badNonce, badPublicKey, badRevocationReason
    case badSignatureAlgorithm, connection, dns, externalAccountRequired, incorrectResponse, invalidContact, malformed
    case orderNotReady, rateLimited, rejectedIdentifier, serverInternal, tls, unauthorized, unsupportedContact
    case unsupportedIdentifier
    /// RFC 9773 §7.4.
    case alreadyReplaced
    /// draft-ietf-acme-device-attest-07 §5.
    case badAttestationStatement
  }

  public let kind: Kind
  /// The HTTP status.
  public let status: Int
  /// One sentence.
  public let detail: String
  /// RFC 8555 §6.7.1: the identifier that a subproblem is about.
  public var identifier: ACMEIdentifier?
  public var subproblems: [ACMEProblem] = []
  /// Seconds.
  public var retryAfter: Int?
  /// RFC 8555 §7.3.5: the account that has the key already.
  public var location: String?
  /// For the log alone.
  public var logged: String?

  public init(_ kind: Kind, _ detail: String, status: Int? = nil) {
    self.kind = kind
    self.detail = detail
    self.status = status ?? kind.status
  }

  /// The problem document.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("type", .string("urn:ietf:params:acme:error:" + kind.rawValue)), .init("detail", .string(detail)),
      .init("status", .integer(Int64(status))),
    ]
    if let identifier { members.append(.init("identifier", identifier.json)) }
    // RFC 8555 §6.2: the algorithms that would do.
    if kind == .badSignatureAlgorithm {
      let taken = JWSAlgorithm.allCases.filter { !$0.isMAC }.map { JSONValue.string($0.rawValue) }
      members.append(.init("algorithms", .array(taken)))
    }
    if !subproblems.isEmpty { members.append(.init("subproblems", .array(subproblems.map(\.json)))) }
    return .object(members)
  }

  /// What a record keeps of it.
  var text: String { json.written() }

  func about(_ identifier: ACMEIdentifier) -> ACMEProblem {
    var problem = self
    problem.identifier = identifier
    return problem
  }

  func after(_ seconds: Int?) -> ACMEProblem {
    var problem = self
    problem.retryAfter = seconds
    return problem
  }
}

extension ACMEProblem.Kind {
  /// The usual status; RFC 8555 leaves most of them open.
  fileprivate var status: Int {
    switch self {
    case .accountDoesNotExist, .alreadyRevoked, .badCSR, .badNonce, .badPublicKey, .badRevocationReason,
      .badSignatureAlgorithm, .connection, .dns, .incorrectResponse, .invalidContact, .malformed, .rejectedIdentifier,
      .tls, .unsupportedContact, .unsupportedIdentifier, .badAttestationStatement:
      400
    // RFC 8555 §7.4: 403 for an order that is not ready.
    case .externalAccountRequired, .orderNotReady, .unauthorized: 403
    // RFC 9773 §5.
    case .alreadyReplaced: 409
    case .rateLimited: 429
    case .serverInternal: 500
    }
  }
}

extension ACMEIdentifier {
  var json: JSONValue { ["type": .string(kind.rawValue), "value": .string(value)] }
}
