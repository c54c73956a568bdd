/// TCG_PCR_EVENT2 (TCG PC Client Platform Firmware Profile §10.2.2): one measurement.
public struct MeasuredEvent: Hashable, Sendable {
  public let register: Int
  /// §10.4.1.
  public let type: UInt32
  public let digests: [TPMHashAlgorithm: [UInt8]]
  public let data: [UInt8]

  public init(register: Int, type: UInt32, digests: [TPMHashAlgorithm: [UInt8]], data: [UInt8]) {
    (self.register, self.type, self.digests, self.data) = (register, type, digests, data)
  }

  /// §10.4.5: for information, and not extended.
  public static let noAction: UInt32 = 0x0000_0003

  public var isExtended: Bool { type != Self.noAction }

  /// Whether the digest is of the data itself, so that a quote covers the data too. Of many types the data only
  /// describes what was measured, and nobody vouches for it.
  public var isDataMeasured: Bool {
    isExtended && !digests.isEmpty && digests.allSatisfy { $0.key.digest(data) == $0.value }
  }
}
