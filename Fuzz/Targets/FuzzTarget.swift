import Credentials
import Enrollment
import Issuance

/// What a fuzzer drives, and what a test replays with the inputs that were kept. The raw value names the corpus' folder.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case certificationRequest = "CertificationRequest"
  case estBody = "ESTBody"
  case ocspRequest = "OCSPRequest"
  case restBody = "RESTBody"
  case profileDocument = "ProfileDocument"
  case cms = "CMS"
  case scepMessage = "SCEPMessage"
  case scepQuery = "SCEPQuery"

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
    case .cms: Self.takesCMS(bytes)
    case .scepMessage: (try? PKIMessage(parsing: bytes))?.isWhole ?? false
    case .scepQuery: SCEPQuery(parsing: String(decoding: bytes, as: UTF8.self)).message != nil
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

  /// Each kind of object, with what is computed of it before a private key comes in: signatures, and what a password
  /// opens.
  private static func takesCMS(_ bytes: [UInt8]) -> Bool {
    if let signed = try? SignedData(parsing: bytes) {
      return signed.signers.contains { signer in
        guard let key = signed.signerCertificate(of: signer)?.publicKey else { return false }
        return (try? signed.verify(signer, key: key)) != nil
      }
    }
    if let sealed = try? EnvelopedData(parsing: bytes) {
      return (try? sealed.open(password: password, maximumIterations: 100)) != nil
    }
    guard let sealed = try? AuthEnvelopedData(parsing: bytes) else { return false }
    return (try? sealed.open(password: password, maximumIterations: 100)) != nil
  }

  /// What the kept envelopes are under.
  private static let password = Array("password".utf8)

  private static func takesProfile(_ bytes: [UInt8]) -> Bool {
    (try? ProfileDocument.parse(String(decoding: bytes, as: UTF8.self))) != nil
  }
}
