import WireFormats

/// RFC 5280 §4.1.2.2 bounds a serial at 20 octets, which its type holds; at least 64 bits keep it from being guessed before
/// a signature is made.
enum SerialNumberLength: CertificateRule {
  static let name = "serial-number-length"

  static func objection(to facts: CertificateFacts) -> String? {
    let count = facts.fields.serial.bytes.count
    return (8...20).contains(count) ? nil : "the serial number has \(count) octets, not 8 to 20"
  }
}
