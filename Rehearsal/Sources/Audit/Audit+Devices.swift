import Credentials
import DeviceClient
import Registry
import WireFormats

/// Each device: what it holds in its own memory, against its record.
extension Audit {
  private static let batch = 500

  func devices() async throws -> [Finding] {
    var findings: [Finding] = []
    for start in stride(from: 0, to: fleet.truths.count, by: Self.batch) {
      let devices = Array(start..<min(start + Self.batch, fleet.truths.count))
      // In the end none is off; before, one that is cannot be asked.
      for device in devices
      where fleet.truths[device].standing == .honest && !fleet.truths[device].isOff(at: world.now) {
        if let finding = try await lost(device) { findings.append(finding) }
      }
      findings += try await renewedAgainstStanding(devices.filter { fleet.truths[$0].standing != .honest })
      guard findings.count < Self.mostFindings else { break }
    }
    return Array(findings.prefix(Self.mostFindings))
  }

  /// Nil when the device has a certificate that is valid now, recorded as its own and good, and that chains to a root
  /// which the device itself holds.
  private func lost(_ device: Int) async throws -> Finding? {
    let serial = Fleet.serial(device)
    func lost(_ why: String) -> Finding { Finding(.deviceLost, "\(serial) \(why)") }
    guard let memory = try? fleet.flash.load(device, serial: serial), let identity = memory.identity else {
      return lost("holds no certificate")
    }
    let (organization, now) = (world.serving.organization, world.now)
    let certificate = identity.certificate
    guard certificate.notBefore <= now, now <= certificate.notAfter else { return lost("holds one that has ended") }
    guard identity.key.publicKey.encoded == certificate.subjectPublicKeyInfo else { return lost("has another's key") }
    let fingerprint = certificate.fingerprint
    let found = try await world.serving.store.read { reader in
      let record = try reader.certificate(fingerprint: fingerprint, in: organization)
      return (record, try record?.device.flatMap { try reader.device($0, in: organization) })
    }
    guard let record = found.0, record.encoded == certificate.encoded else { return lost("is not in the store") }
    guard record.status == .good else { return lost("is \(record.status.rawValue) in the store") }
    guard let owner = found.1, owner.serial == serial, owner.state == .active else {
      return lost("is not an active device of its own")
    }
    let issuers = world.issuers
    do {
      _ = try CertificationPath.verify(leaf: certificate, intermediates: issuers, anchors: memory.roots, at: now)
    } catch {
      return lost("holds no root that its certificate chains to: \(error)")
    }
    return nil
  }

  /// Nothing was issued to these since a person ruled it out.
  private func renewedAgainstStanding(_ devices: [Int]) async throws -> [Finding] {
    let organization = world.serving.organization
    let serials = devices.map { (Fleet.serial($0), fleet.truths[$0].stoodAt) }
    return try await world.serving.store.read { reader in
      try serials.compactMap { serial, stoodAt in
        guard let record = try reader.devices(serial: serial, in: organization).first else { return nil }
        let later = try reader.certificates(of: record.id, notExpiredAt: nil, in: organization)
          .filter { $0.issuedAt > stoodAt || ($0.status == .good && $0.notAfter > stoodAt) }
        guard let one = later.first else { return nil }
        return Finding(
          .renewedAgainstStanding, "\(serial) has \(one.serial) of \(one.issuedAt), \(one.status.rawValue)")
      }
    }
  }
}

extension World {
  /// Every authority's certificate and every road between roots, as `cacerts` gives them.
  var issuers: [Certificate] {
    let set = serving.roster.current
    let encoded = set.certificates(of: [.operational], at: now)
    return encoded.compactMap { try? Certificate(parsing: $0) }.filter {
      !$0.isSelfIssued || $0.authorityKeyIdentifier != nil
    }
  }
}
