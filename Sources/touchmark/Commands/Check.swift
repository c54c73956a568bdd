import ArgumentParser
import Credentials

/// What `validate()` asks of arguments before any server is asked. The server decides what a serial may be.
enum Check {
  static func serial(_ text: String) throws {
    guard !text.isEmpty, text.utf8.count <= 256 else { throw ValidationError("a serial has 1 to 256 octets") }
    guard Printable.text(text) == text else { throw ValidationError("a serial has no control characters") }
  }

  static func kind(_ text: String?) throws {
    try oneOf(["device", "gateway", "application", "person", "station"], text, option: "--kind")
  }

  static func oneOf(_ allowed: [String], _ text: String?, option: String) throws {
    guard let text, !allowed.contains(text) else { return }
    throw ValidationError("\(option) is one of \(allowed.joined(separator: ", ")), and not '\(text)'")
  }

  static func certificateSerial(_ text: String) throws {
    guard SerialNumber(hex: text) != nil else {
      throw ValidationError("'\(text)' is not a serial number: hexadecimal, up to 20 octets")
    }
  }

  static func reason(_ text: String) throws {
    guard RevocationReason(name: text) == nil else { return }
    let names = RevocationReason.allCases.map(\.name).filter { $0 != "removeFromCRL" }
    throw ValidationError("--reason is one of \(names.joined(separator: ", ")), and not '\(text)'")
  }
}
