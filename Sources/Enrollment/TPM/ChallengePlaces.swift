import Crypto
import Registry

/// How many challenges may wait: for one name and TPM, and for one name in all. The oldest gives way, so that nobody who
/// holds the same secret can keep a device from its own challenge by asking before it.
struct ChallengePlaces {
  static let perTPM = 4
  /// A grant's name is many devices' at once.
  static let perName = 1024
  private static let digestSize = 16
  private static let randomSize = 16

  private let name: [UInt8]
  private let tpm: [UInt8]

  init(requester: String, endorsementKeyHash: [UInt8]) {
    name = Array(SHA256.hash(data: Array(requester.utf8)).prefix(Self.digestSize))
    tpm = Array(endorsementKeyHash.prefix(Self.digestSize))
  }

  /// It begins with whose it is, which the store counts by.
  func newIdentifier() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return name + tpm + (0..<Self.randomSize).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  func trim(in writer: any StoreWriter, of organization: OrganizationID) throws {
    for (prefix, limit) in [(name + tpm, Self.perTPM), (name, Self.perName)] {
      try writer.trimProtocolTransactions(door: TPMEnrollment.door, prefix: prefix, to: limit, in: organization)
    }
  }
}
