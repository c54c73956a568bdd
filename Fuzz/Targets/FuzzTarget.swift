import Credentials
import Enrollment
import Issuance

/// What a fuzzer drives, and what a test replays with the inputs that were kept. The raw value names the corpus' folder.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case certificationRequest = "CertificationRequest"
  case estBody = "ESTBody"
  case ocspRequest = "OCSPRequest"
  case cmpMessage = "CMPMessage"
  case restBody = "RESTBody"
  case profileDocument = "ProfileDocument"

  /// Hands bytes to the code that meets them first when they arrive.
  ///
  /// - Returns: whether they were taken. Neither answer is wrong; only a trap is.
  public func takes(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .certificationRequest: Self.takesRequest(bytes)
    case .estBody: ESTBody.decode(bytes).map(Self.takesRequest) ?? false
    case .ocspRequest: Self.takesStatusRequest(bytes)
    case .cmpMessage: (try? PKIMessage(parsing: bytes))?.isReadable ?? false
    case .restBody: RESTBodyInput.takes(bytes)
    case .profileDocument: Self.takesProfile(bytes)
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

  private static func takesProfile(_ bytes: [UInt8]) -> Bool {
    (try? ProfileDocument.parse(String(decoding: bytes, as: UTF8.self))) != nil
  }
}
