import DeviceFormats

/// What a microcontroller is handed: a certificate, a CRL, a certs-only answer, base64. Each reader gets the same bytes,
/// and what one of them gives out goes through everything that reads further.
enum DeviceFormatsInput {
  static func takes(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      let view = ByteView(start: buffer.baseAddress, count: buffer.count)
      let isCertificate = (try? CertificateView(parsing: view)).map { reads($0, from: view) } ?? false
      return [isCertificate, takesList(view), takesBundle(view), takesText(view)].contains(true)
    }
  }

  /// Believes every signature: what is behind a good one is to be reached.
  private struct Believer: SignatureVerifier {
    func isValid(scheme: SignatureScheme, key: PublicKeyView, message: ByteView, signature: ByteView) -> Bool {
      signature.count <= 96 || key.kind == .rsa
    }
  }

  private static func reads(_ certificate: CertificateView, from bundle: ByteView) -> Bool {
    _ = (try? certificate.subject.serialNumber(), try? certificate.subject.commonName())
    _ = certificate.isNamed(ByteView("device.example"), isAddress: false)
    _ = certificate.isNamed(ByteView("1234"), isAddress: true)
    var points = DistributionPointCursor(certificate.extensions.distributionPoints)
    while let address = try? points.next(), !address.isEmpty {}
    var check = PathCheck(
      intermediates: bundle, anchors: bundle, time: nil, purpose: .clientAuth, verifier: Believer())
    _ = try? check.check(certificate)
    return true
  }

  private static func takesList(_ view: ByteView) -> Bool {
    guard let list = try? RevocationListView(parsing: view) else { return false }
    _ = try? list.entry(for: ByteView("no such serial"))
    return true
  }

  private static func takesBundle(_ view: ByteView) -> Bool {
    guard let bundle = try? CertificatesOnlyView(parsing: view) else { return false }
    var certificates = CertificateCursor(bundle.certificates)
    while let der = certificates.next() {
      guard let certificate = try? CertificateView(parsing: der) else { continue }
      _ = reads(certificate, from: bundle.certificates)
    }
    return true
  }

  private static func takesText(_ view: ByteView) -> Bool {
    var room = [UInt8](repeating: 0, count: view.count)
    let count = room.withUnsafeMutableBufferPointer { buffer in
      try? Base64Text.decode(view, into: buffer.baseAddress, capacity: buffer.count)
    }
    return count.map { $0 > 0 } ?? false
  }
}
