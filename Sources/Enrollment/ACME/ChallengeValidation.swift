import Credentials
import Crypto
import Registry
import WireFormats

/// How a validation reaches what its order names. Each throws `connection`, `dns` or `tls`, and has bounds of its own on
/// addresses, time and size.
public protocol ChallengeReaching: Sendable {
  /// The body of `http://HOST/path`, of an answer 200.
  func content(of path: String, at host: ACMEIdentifier) async throws(ACMEProblem) -> [UInt8]
  /// The texts of a name's TXT records.
  func texts(of name: String) async throws(ACMEProblem) -> [String]
  /// The certificate, DER, that the host shows under the protocol `acme-tls/1`.
  func certificate(of host: ACMEIdentifier, serverName: String) async throws(ACMEProblem) -> [UInt8]
}

/// What a challenge's answer has to be.
struct ChallengeValidation {
  let authorization: ACMEAuthorizationRecord
  let keyAuthorization: String

  init(_ authorization: ACMEAuthorizationRecord, of account: ACMEAccountRecord) {
    self.authorization = authorization
    keyAuthorization = authorization.keyAuthorization(account)
  }

  private var identifier: ACMEIdentifier { authorization.identifier }
  private var digest: [UInt8] { SHA256.hash(data: Array(keyAuthorization.utf8)).withUnsafeBytes { Array($0) } }

  func run(reaching: any ChallengeReaching) async throws(ACMEProblem) {
    switch authorization.challenge {
    case .http:
      // RFC 8555 §8.3.
      try checkContent(
        try await reaching.content(of: "/.well-known/acme-challenge/" + authorization.token, at: identifier))
    case .dns:
      // RFC 8555 §8.4: a wildcard's record stands at the name below it.
      let found = try await reaching.texts(of: "_acme-challenge." + identifier.value)
      guard found.contains(Base64.encodeURL(digest)) else {
        throw ACMEProblem(.incorrectResponse, "no TXT record of _acme-challenge.\(identifier.value) is the one wanted")
      }
    case .tlsALPN:
      try check(certificate: try await reaching.certificate(of: identifier, serverName: serverName))
    case .deviceAttest, nil:
      throw ACMEProblem(.serverInternal, "there is nothing to look at")
    }
  }

  /// RFC 8555 §8.3 (5): white space at the end is ignored.
  private func checkContent(_ body: [UInt8]) throws(ACMEProblem) {
    let text = body.reversed().drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.reversed()
    guard text.elementsEqual(keyAuthorization.utf8) else {
      throw ACMEProblem(.incorrectResponse, "what stands at the token is not the key authorization")
    }
  }

  /// RFC 8738 §6: an address is asked for by its name under in-addr.arpa or ip6.arpa.
  private var serverName: String {
    guard identifier.kind == .ip, case .ipAddress(let octets)? = GeneralName.ipAddress(text: identifier.value) else {
      return identifier.value
    }
    if octets.count == 4 { return octets.reversed().map(String.init).joined(separator: ".") + ".in-addr.arpa" }
    let digits = octets.reversed().flatMap { [$0 & 0x0F, $0 >> 4] }
    return digits.map { String($0, radix: 16) }.joined(separator: ".") + ".ip6.arpa"
  }

  /// RFC 8737 §3.
  private func check(certificate der: [UInt8]) throws(ACMEProblem) {
    guard let certificate = try? Certificate(parsing: der) else {
      throw ACMEProblem(.tls, "the certificate shown cannot be read")
    }
    let wanted: GeneralName? =
      identifier.kind == .ip ? GeneralName.ipAddress(text: identifier.value) : .dnsName(identifier.value)
    let shown = certificate.subjectAlternativeNames.map { name -> GeneralName in
      if case .dnsName(let text) = name { return .dnsName(text.lowercased()) }
      return name
    }
    guard let wanted, shown == [wanted] else {
      throw ACMEProblem(.incorrectResponse, "the certificate shown is not for \(identifier.value) alone")
    }
    let value = DERWriter.build { $0.octetString(digest) }
    guard let proof = certificate.firstExtension(Self.acmeIdentifier), proof.critical, Array(proof.value) == value
    else {
      throw ACMEProblem(.incorrectResponse, "the certificate's acmeIdentifier is not the one wanted")
    }
  }

  /// id-pe-acmeIdentifier.
  private static let acmeIdentifier = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 1, 31])
}
