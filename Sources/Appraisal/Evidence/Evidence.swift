import Attestation
import WireFormats

/// What a running device shows of itself (RFC 9334 §8.1): a quote, the values that it covers, and what nobody signed.
public struct Evidence: Sendable {
  /// Octets. What firmware leaves is some tens of thousands.
  public static let largestLog = 262_144
  static let longestVersion = 64

  /// As it was given; whether it was, is looked up.
  public let nonce: [UInt8]
  /// TPMS_ATTEST and TPMT_SIGNATURE of TPM2_Quote.
  public let attest: [UInt8]
  public let signature: [UInt8]
  public let values: PCRValues
  public let eventLog: [UInt8]?
  /// The device's own claim; nobody vouches for it.
  public let firmwareVersion: String?

  public enum Malformed: Error, Hashable, Sendable, CustomStringConvertible {
    case registers(ReferenceValues.Malformed)
    case severalValues(String)
    case logTooLarge
    case firmwareVersion

    public var description: String {
      switch self {
      case .registers(let error): "pcrs: \(error)"
      case .severalValues(let register): "pcrs: register \(register) has several values"
      case .logTooLarge: "event_log has more than \(Evidence.largestLog) octets"
      case .firmwareVersion: "firmware_version is 1 to \(Evidence.longestVersion) characters of printable ASCII"
      }
    }
  }

  /// - Parameter registers: by bank and register, in hexadecimal.
  public init(
    nonce: [UInt8], attest: [UInt8], signature: [UInt8], registers: [String: [String: String]], eventLog: [UInt8]?,
    firmwareVersion: String?
  ) throws(Malformed) {
    (self.nonce, self.attest, self.signature) = (nonce, attest, signature)
    values = try Self.values(registers)
    guard eventLog.map({ $0.count <= Self.largestLog }) ?? true else { throw .logTooLarge }
    self.eventLog = eventLog
    guard firmwareVersion.map(Self.isVersion) ?? true else { throw .firmwareVersion }
    self.firmwareVersion = firmwareVersion
  }

  private static func values(_ registers: [String: [String: String]]) throws(Malformed) -> PCRValues {
    let read: ReferenceValues
    do throws(ReferenceValues.Malformed) {
      read = try ReferenceValues(registers: registers, events: [:])
    } catch {
      throw .registers(error)
    }
    var values = PCRValues()
    for (bank, registers) in read.registers {
      for (register, each) in registers {
        guard each.count == 1 else { throw .severalValues("\(register)") }
        values[bank, register] = each.first
      }
    }
    return values
  }

  /// What people can read and type.
  public static func isVersion(_ text: String) -> Bool {
    (1...longestVersion).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
