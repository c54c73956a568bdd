import Attestation
import TestKit
import WireFormats

/// A small boot: what is measured into which register, and the log of it.
struct BootLog {
  var events: [(register: Int, data: String)] = [(0, "firmware"), (4, "loader"), (4, "kernel")]

  private static func digest(_ data: String) -> [UInt8] { TPMHashAlgorithm.sha256.digest(Array(data.utf8)) }

  private static func little(_ value: UInt32, _ octets: Int = 4) -> [UInt8] {
    (0..<octets).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  /// TCG PC Client Platform Firmware Profile §10.2, with one bank.
  var octets: [UInt8] {
    let little = Self.little
    let head =
      Array("Spec ID Event03".utf8) + [0, 0, 0, 0, 0, 0, 2, 0, 2] + little(1, 4) + little(0xB, 2) + little(32, 2) + [0]
    var log = little(0, 4) + little(3, 4) + [UInt8](repeating: 0, count: 20) + little(UInt32(head.count), 4) + head
    for (register, data) in events {
      log += little(UInt32(register), 4) + little(0x8000_0007, 4) + little(1, 4) + little(0xB, 2) + Self.digest(data)
      log += little(UInt32(data.utf8.count), 4) + Array(data.utf8)
    }
    return log
  }

  /// Measures what comes after the first `count` events.
  func measure(into tpm: SoftwareTPM, after count: Int = 0) throws {
    for (register, data) in events.dropFirst(count) {
      try tpm.run("pcrextend", "\(register):sha256=" + Hex.encode(Self.digest(data)))
    }
  }
}
