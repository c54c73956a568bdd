import Credentials
import Issuance
import Registry
import WireFormats

/// GetCert and GetCRL (RFC 8894 §3.3.4, §3.3.5).
extension SCEPExchange {
  /// To whoever has the certificate's own key, or a good certificate of the same device.
  func certificateAsked(_ certificate: SignerCertificate) async throws -> [UInt8] {
    let request = try await open(message, certificate)
    let (issuer, serial) = try Self.issuerAndSerialNumber(request.content)
    let unknown = SCEPFailure(.badCertId, "there is no such certificate for whoever asks")
    guard let record = try await service.records.certificate(issuer: issuer, serial: serial),
      try await isOwn(record, certificate)
    else { throw unknown }
    if let device = record.device, let device = try await service.records.device(device) {
      try Decision.checkStanding(device, renewing: false)
    }
    return try seal([record.encoded], to: request, nil)
  }

  private func isOwn(_ record: CertificateRecord, _ certificate: SignerCertificate) async throws -> Bool {
    let now = service.now()
    if record.keyHash == DigestAlgorithm.sha256.digest(certificate.subjectPublicKeyInfo) {
      return now <= record.notAfter
    }
    guard let device = record.device,
      let shown = try await service.records.certificate(fingerprint: DigestAlgorithm.sha256.digest(certificate.encoded))
    else { return false }
    return shown.device == device && shown.status == .good && now <= shown.notAfter
  }

  /// To anybody: lists are public.
  func listAsked(_ certificate: SignerCertificate) async throws -> [UInt8] {
    let request = try await open(message, certificate)
    let (issuer, _) = try Self.issuerAndSerialNumber(request.content)
    guard let list = try await service.records.revocationList(issuer: issuer) else {
      throw SCEPFailure(.badCertId, "there is no list of this issuer here")
    }
    // RFC 8894 §4.6: for small lists; others are fetched where certificates say.
    guard list.count < ContentInfo.maximumSize / 2 else {
      throw SCEPFailure(.badRequest, "the list is too large for a message; its address is in the certificate")
    }
    return try seal([], lists: [list], to: request, nil)
  }

  private static func issuerAndSerialNumber(
    _ content: [UInt8]
  ) throws(SCEPFailure) -> (DistinguishedName, SerialNumber) {
    do {
      var outer = DERReader(content)
      var pair = try outer.readSequence()
      try outer.finish()
      let issuer = try DistinguishedName(parsing: pair.read(DERTag.sequence).encoded)
      guard let serial = SerialNumber(integerContent: try pair.readIntegerBytes()) else { throw DERError.badInteger }
      try pair.finish()
      return (issuer, serial)
    } catch {
      throw .unreadable
    }
  }
}
