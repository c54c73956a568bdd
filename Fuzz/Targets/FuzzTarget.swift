import Credentials
import Enrollment
import Issuance
import WireFormats

/// What a fuzzer drives, and what a test replays with the inputs that were kept. The raw value names the corpus' folder.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case certificationRequest = "CertificationRequest"
  case estBody = "ESTBody"
  case ocspRequest = "OCSPRequest"
  case restBody = "RESTBody"
  case profileDocument = "ProfileDocument"
  case jws = "JWS"
  case cbor = "CBOR"

  /// Hands bytes to the code that meets them first when they arrive.
  ///
  /// - Returns: whether they were taken. Neither answer is wrong; only a trap is.
  public func takes(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .certificationRequest: Self.takesRequest(bytes)
    case .estBody: ESTBody.decode(bytes).map(Self.takesRequest) ?? false
    case .ocspRequest: Self.takesStatusRequest(bytes)
    case .restBody: RESTBodyInput.takes(bytes)
    case .profileDocument: Self.takesProfile(bytes)
    case .jws: Self.takesMessage(bytes)
    case .cbor: (try? CBORReader.parse(bytes)) != nil
    }
  }

  private static func takesRequest(_ der: [UInt8]) -> Bool {
    guard let request = try? CertificationRequest(parsing: der) else { return false }
    // What policy and the log read of a request is computed from the same bytes.
    _ = (request.subject.description, request.subjectAlternativeNames, request.challengePassword)
    return request.verifyProofOfPossession()
  }

  private static func takesStatusRequest(_ der: [UInt8]) -> Bool {
    (try? OCSPRequest(parsing: der)).map { !$0.certificates.isEmpty } ?? false
  }

  /// An ACME message that shows its key, as far as its signature.
  private static func takesMessage(_ bytes: [UInt8]) -> Bool {
    guard let jws = try? FlattenedJWS(parsing: bytes) else { return false }
    guard case .key(let jwk) = jws.header.signer else { return true }
    guard let key = try? jwk.publicKey() else { return false }
    _ = jwk.thumbprint
    return jws.isSigned(by: key)
  }

  private static func takesProfile(_ bytes: [UInt8]) -> Bool {
    (try? ProfileDocument.parse(String(decoding: bytes, as: UTF8.self))) != nil
  }
}
