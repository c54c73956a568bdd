import Credentials
import Enrollment
import Issuance
import WireFormats

/// What a fuzzer drives, and what a test replays with the inputs that were kept. The raw value names the corpus' folder.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case certificationRequest = "CertificationRequest"
  case estBody = "ESTBody"
  case ocspRequest = "OCSPRequest"
  case cmpMessage = "CMPMessage"
  case restBody = "RESTBody"
  case profileDocument = "ProfileDocument"
  case rootRequest = "RootRequest"
  case rootAnswer = "RootAnswer"
  case trustBundle = "TrustBundle"
  case manifest = "Manifest"
  case bookIndex = "BookIndex"
  case deviceLines = "DeviceLines"
  case cms = "CMS"
  case scepMessage = "SCEPMessage"
  case scepQuery = "SCEPQuery"
  case jws = "JWS"
  case cbor = "CBOR"
  case deviceFormats = "DeviceFormats"

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
    case .rootRequest: StatementInput.takesRequest(String(decoding: bytes, as: UTF8.self))
    case .rootAnswer: StatementInput.takesAnswer(String(decoding: bytes, as: UTF8.self))
    case .trustBundle: StatementInput.takesApproved(String(decoding: bytes, as: UTF8.self))
    case .manifest: ManifestInput.takes(bytes)
    case .bookIndex: LinesInput.takesIndex(bytes)
    case .deviceLines: LinesInput.takesDevices(bytes)
    case .cms: Self.takesCMS(bytes)
    case .scepMessage: (try? SCEPMessage(parsing: bytes))?.isWhole ?? false
    case .scepQuery: SCEPQuery(parsing: String(decoding: bytes, as: UTF8.self)).message != nil
    case .jws: Self.takesMessage(bytes)
    case .cbor: (try? CBORReader.parse(bytes)) != nil
    case .deviceFormats: DeviceFormatsInput.takes(bytes)
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
