import Crypto
import Issuance
import Registry
import WireFormats

/// What a quote has to carry: fresh, for one device, for one answer, and in the store, so that any process takes it.
public struct EvidenceNonce: Sendable {
  public static let lifetime = Span.minutes(5)
  /// Outstanding for one device. The oldest gives way: who stole a device's certificate and asks for many keeps the
  /// device from none of its own for longer than it keeps asking.
  static let most = 8
  static let size = 32
  private static let door = "attestation"
  private static let digestSize = 16

  public let octets: [UInt8]
  public let expiresAt: Instant

  static func make(
    for device: DeviceID, in writer: any StoreWriter, of organization: OrganizationID, at now: Instant
  ) throws -> EvidenceNonce {
    var random = SystemRandomNumberGenerator()
    let octets = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let place = place(of: device)
    let transaction = ProtocolTransaction(
      door: door, identifier: place + octets, state: [], createdAt: now, expiresAt: now + lifetime)
    try writer.insert(transaction, now: now, in: organization)
    try writer.trimProtocolTransactions(door: door, prefix: place, to: most, in: organization)
    return EvidenceNonce(octets: octets, expiresAt: transaction.expiresAt)
  }

  /// Uses it up, whatever the answer is worth.
  ///
  /// - Returns: when it was given.
  /// - Throws: `notFound` for one that was answered, is past its time, or was another device's.
  static func take(
    _ octets: [UInt8], from device: DeviceID, in writer: any StoreWriter, of organization: OrganizationID,
    at now: Instant
  ) throws -> Instant {
    let unknown = Refusal(
      .notFound, "the nonce was not given to this device, or was answered, or has ended", hint: "ask for another nonce")
    guard octets.count == size else { throw unknown }
    let identifier = place(of: device) + octets
    guard
      let known = try writer.protocolTransaction(door: door, identifier: identifier, now: now, in: organization)
    else { throw unknown }
    try writer.deleteProtocolTransaction(door: door, identifier: identifier, in: organization)
    return known.createdAt
  }

  /// What the store counts a device's nonces by.
  private static func place(of device: DeviceID) -> [UInt8] {
    Array(SHA256.hash(data: Array(device.rawValue.utf8)).prefix(digestSize))
  }
}
