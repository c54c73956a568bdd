import Credentials
import Issuance
import WireFormats

/// CertReqMessages (RFC 4211 §3) with the one CertReqMsg that RFC 9483 §4.1.1 allows in it.
///
/// ```
/// CertReqMsg ::= SEQUENCE { certReq CertRequest, popo ProofOfPossession OPTIONAL, regInfo OPTIONAL }
/// CertRequest ::= SEQUENCE { certReqId INTEGER, certTemplate CertTemplate, controls Controls OPTIONAL }
/// ```
public struct CertReqMessages: Sendable {
  /// The CertReqMsg, DER.
  let encoded: [UInt8]
  public let identifier: CertReqID
  public let template: CertTemplate
  /// The control oldCertID (RFC 4211 §6.5): issuer (Name, DER) and serial number.
  let oldCertificate: (issuer: [UInt8], serial: SerialNumber)?
  /// CertRequest, DER, as its proof of possession covers it.
  private let request: ArraySlice<UInt8>
  private let proof: ProofOfPossession?

  private static let oldCertID = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 5, 1, 5])

  init(parsing content: DERElement) throws(DERError) {
    var list = try content.checked(DERTag.sequence).reader
    let message = try list.read(DERTag.sequence)
    try list.finish()
    var fields = message.reader
    let request = try fields.read(DERTag.sequence)
    if let next = fields.nextTag, next != DERTag.sequence {
      proof = try ProofOfPossession(parsing: fields.read())
    } else {
      proof = nil
    }
    _ = try fields.readOptional(DERTag.sequence)
    try fields.finish()

    var inner = request.reader
    identifier = try inner.readCertReqID()
    template = try CertTemplate(parsing: inner.read(DERTag.sequence))
    oldCertificate = try inner.readOptional(DERTag.sequence).flatMap { controls throws(DERError) in
      try Self.oldCertificate(in: controls)
    }
    try inner.finish()
    self.request = request.encoded
    encoded = Array(message.encoded)
  }

  private static func oldCertificate(
    in controls: DERElement
  ) throws(DERError) -> (issuer: [UInt8], serial: SerialNumber)? {
    var reader = controls.reader
    while !reader.isAtEnd {
      var control = try reader.readSequence()
      guard try control.readObjectIdentifier() == oldCertID else { continue }
      // CertId ::= SEQUENCE { issuer GeneralName, serialNumber INTEGER }
      var identifier = try control.readSequence()
      let issuer = try identifier.read(DERTag.contextConstructed(4))
      guard let serial = SerialNumber(integerContent: try identifier.readIntegerBytes()) else { throw .badInteger }
      return (Array(issuer.content), serial)
    }
    return nil
  }

  /// What it asks for, in no format's terms.
  func asked() throws(PKIStatusInfo) -> AskedCertificate {
    switch template.publicKey {
    case .key(let key): AskedCertificate(requested: try requested(key))
    case .none: try keyless(.any, .p256)
    case .wanted(let algorithm): try keyless(algorithm)
    }
  }

  /// RFC 9483 §4.1.6: without a key it asks the authority to make one, and has nothing to prove.
  private func keyless(_ algorithm: CertTemplate.WantedKey) throws(PKIStatusInfo) -> AskedCertificate {
    switch algorithm {
    case .algorithm(let algorithm): try keyless(.requested, algorithm)
    case .rsa: try keyless(.rsa, .rsa2048)
    case .unknown: throw .rejection([.badAlg, .badCertTemplate], "keys of this algorithm are not made here")
    }
  }

  private func keyless(_ kind: ServerKeyKind, _ algorithm: KeyAlgorithm) throws(PKIStatusInfo) -> AskedCertificate {
    guard proof == nil else { throw .rejection(.badPOP, "there is no key yet whose possession could be proved") }
    do throws(CertificationRequestError) {
      return AskedCertificate(
        requested: try RequestedCertificate(
          keyless: encoded, subject: template.subject ?? .empty, algorithm: algorithm,
          extensionList: template.extensions?[...]),
        keyKind: kind)
    } catch {
      throw PKIStatusInfo(certificationRequest: error)
    }
  }

  private func requested(_ key: [UInt8]) throws(PKIStatusInfo) -> RequestedCertificate {
    guard let proof else { throw .rejection(.badPOP, "the request has no proof of possession") }
    do {
      return try RequestedCertificate(
        encoded: encoded, subject: template.subject ?? .empty, publicKey: try SubjectPublicKeyInfo(parsing: key),
        extensionList: template.extensions?[...], proof: proof.proof(over: request))
    } catch let error as PKIStatusInfo {
      throw error
    } catch let error as CertificationRequestError {
      throw PKIStatusInfo(certificationRequest: error)
    } catch let error as PublicKeyError {
      throw PKIStatusInfo(certificationRequest: .publicKey(error))
    } catch {
      throw .rejection(.badDataFormat, "the request cannot be read")
    }
  }
}
