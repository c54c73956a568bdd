import Credentials
import DeviceFormats
import TestKit
import Testing
import WireFormats

/// Damaged copies of what a device is handed, each of which ends where the process may not read on. A trap or a read too
/// far ends the whole run, which is how this fails.
@Suite struct MutatedInputTests {
  static let total = 100_000

  @Test func neverTraps() throws {
    let authority = try SmallAuthority()
    let leaf = try authority.issue(
      "device", serialNumber: "SN-1", names: [.dnsName("device.example"), .ipAddress([192, 0, 2, 1])],
      extensions: [
        .keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.clientAuth]),
        .crlDistributionPoints("http://pki.example/a.crl"), .certificatePolicies([ObjectIdentifier([1, 2, 3])]),
      ])
    let list = try RevocationListViewTests.list(
      authority, [CRLEntry(serial: leaf.serial, revokedAt: .present, reason: .keyCompromise)])
    let bundle = CertificatesOnly.encode([leaf.encoded, authority.certificate.encoded])
    let samples = [
      leaf.encoded, authority.certificate.encoded, list, bundle, Array(Base64.encode(bundle).utf8),
    ]
    let guarded = try #require(GuardedBytes(capacity: 8192))
    var read = 0
    for (index, sample) in samples.enumerated() {
      for bytes in Mutations(of: sample, count: Self.total / samples.count, seed: UInt64(index + 1)) {
        if guarded.lend(bytes, Self.isRead) { read += 1 }
      }
    }
    // Many are damaged where nothing looks: without these, this would test the first line of each reader only.
    #expect(read > Self.total / 100)
  }

  private struct Believer: SignatureVerifier {
    func isValid(scheme: SignatureScheme, key: PublicKeyView, message: ByteView, signature: ByteView) -> Bool { true }
  }

  private static func isRead(_ view: ByteView) -> Bool {
    var isRead = false
    if let certificate = try? CertificateView(parsing: view) {
      isRead = true
      _ = (try? certificate.subject.serialNumber(), try? certificate.subject.commonName())
      _ = certificate.isNamed(ByteView("device.example"), isAddress: false)
      var points = DistributionPointCursor(certificate.extensions.distributionPoints)
      while (try? points.next()) != nil {}
      var check = PathCheck(
        intermediates: view, anchors: view, time: UnixTime(seconds: 0), purpose: .serverAuth, verifier: Believer())
      _ = try? check.check(certificate)
    }
    if let list = try? RevocationListView(parsing: view) {
      isRead = true
      _ = try? list.entry(for: ByteView("none"))
    }
    if let bundle = try? CertificatesOnlyView(parsing: view) {
      isRead = true
      var certificates = CertificateCursor(bundle.certificates)
      while let der = certificates.next() { _ = try? CertificateView(parsing: der) }
    }
    var room = [UInt8](repeating: 0, count: view.count)
    let count = room.withUnsafeMutableBufferPointer {
      try? Base64Text.decode(view, into: $0.baseAddress, capacity: $0.count)
    }
    return isRead || count ?? 0 > 0
  }
}
