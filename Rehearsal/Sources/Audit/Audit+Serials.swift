import Credentials
import Registry
import WireFormats

/// Serial numbers over the whole store, every authority's together, and what the grants gave.
extension Audit {
  private static let page = 2000

  func serials() async throws -> [Finding] {
    var seen: [UInt128] = []
    try await eachCertificate { seen.append(Self.number($0.serial)) }
    seen.sort()
    let twice = zip(seen, seen.dropFirst()).filter { $0 == $1 }.map { String($0.0, radix: 16) }
    return twice.prefix(Self.mostFindings).map { Finding(.serialTwice, "\($0) stands in two certificates") }
  }

  func quotas() async throws -> [Finding] {
    var issued: [GrantName: Int] = [:]
    try await eachCertificate { if let grant = $0.grant { issued[grant, default: 0] += 1 } }
    let organization = world.serving.organization
    var findings: [Finding] = []
    for (number, grant) in grants.enumerated() {
      let expected = fleet.truths.count { $0.grant == UInt16(number) && $0.certificates > 0 }
      let record = try await world.serving.store.read { try $0.grant(grant.name, in: organization) }
      let counts = [record?.issued ?? -1, (issued[grant.name] ?? 0) + grant.lost, expected]
      if Set(counts).count != 1 || expected > grant.uses {
        findings.append(
          Finding(
            .quota,
            "grant \(grant.name) of \(grant.uses): counted \(counts[0]), certificates \(counts[1]), devices \(counts[2])"
          ))
      }
    }
    return findings
  }

  /// The last 16 octets: of ours, all but the zeros that lead.
  private static func number(_ serial: SerialNumber) -> UInt128 {
    serial.bytes.suffix(16).reduce(0) { $0 << 8 | UInt128($1) }
  }

  func eachCertificate(_ body: (CertificateRecord) -> Void) async throws {
    let organization = world.serving.organization
    var cursor: Cursor?
    repeat {
      let after = cursor
      let page = try await world.serving.store.read {
        try $0.certificates(matching: CertificateFilter(), after: after, limit: Self.page, in: organization)
      }
      for certificate in page.items { body(certificate) }
      cursor = page.next
    } while cursor != nil
  }
}
