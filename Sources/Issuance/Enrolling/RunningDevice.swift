import Registry
import WireFormats

/// A device that shows one of its certificates for something else than another certificate.
public struct RunningDevice: Sendable {
  public let device: DeviceRecord
  public let certificate: CertificateRecord

  /// By our own record of the certificate alone (ARCHITECTURE.md, rule 4).
  ///
  /// - Throws: `unauthenticated` for none, and for one that is no device's here; `suspended`, `retired`, `revoked`,
  ///   `expired` by the standing of device and certificate, without the grace in which an expired one may still renew.
  public static func find(
    certificate encoded: [UInt8]?, in reader: any StoreReader, of organization: OrganizationID, at now: Instant
  ) throws -> RunningDevice {
    guard let encoded else { throw Refusal(.unauthenticated, "show the device's certificate") }
    guard let record = try reader.certificate(fingerprint: Fingerprint.of(encoded), in: organization),
      let device = try record.device.flatMap({ try reader.device($0, in: organization) })
    else { throw Refusal(.unauthenticated, "the client certificate is no device's here") }
    try Decision.checkStanding(device, renewing: false)
    try Resolver.checkStanding(of: record, in: reader, of: organization)
    guard record.notBefore <= now, now <= record.notAfter else {
      throw Refusal(.expired, "the certificate is out of its time", hint: "renew it first")
    }
    return RunningDevice(device: device, certificate: record)
  }
}
