import Credentials
import Issuance
import Registry
import WireFormats

extension ACMEIdentifier {
  /// From an order's JSON, in its one spelling.
  ///
  /// - Throws: `malformed` for what its type does not allow, `unsupportedIdentifier`, `rejectedIdentifier`.
  static func parse(_ value: JSONValue) throws(ACMEProblem) -> ACMEIdentifier {
    guard let type = value["type"]?.text, let text = value["value"]?.text, text.utf8.count <= 255 else {
      throw ACMEProblem(.malformed, "an identifier has a type and a value of at most 255 octets")
    }
    guard let kind = Kind(rawValue: type) else {
      throw ACMEProblem(
        .unsupportedIdentifier, "identifiers are of type " + Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let identifier = ACMEIdentifier(kind, kind == .dns ? text.lowercased() : text)
    guard kind != .ip || !isMapped(text) else {
      throw ACMEProblem(.rejectedIdentifier, "an IPv4-mapped address is asked for as the IPv4 address that it is")
        .about(
          identifier.shown)
    }
    guard identifier.isWellFormed else {
      throw ACMEProblem(.malformed, "this is no value for the type \(kind.rawValue)").about(identifier.shown)
    }
    guard identifier.isTaken else {
      throw ACMEProblem(.rejectedIdentifier, "a serial is 1 to 64 characters of PrintableString").about(identifier)
    }
    return identifier
  }

  /// Text that came from outside, without what a line of the log must not hold.
  private var shown: ACMEIdentifier { ACMEIdentifier(kind, String(value.unicodeScalars.filter { $0.value >= 0x20 })) }

  /// RFC 4291 §2.5.5.2, in any spelling: RFC 8738 has RFC 5952 §4's, and RFC 5952 §5 another one for these.
  private static func isMapped(_ text: String) -> Bool {
    guard case .ipAddress(let octets)? = GeneralName.ipAddress(text: text), octets.count == 16 else { return false }
    return octets[..<10].allSatisfy { $0 == 0 } && octets[10] == 0xFF && octets[11] == 0xFF
  }

  private var isWellFormed: Bool {
    switch kind {
    case .dns: return Self.isDomain(value.hasPrefix("*.") ? String(value.dropFirst(2)) : value)
    // RFC 8738 §3: as RFC 5952 writes it.
    case .ip: return GeneralName.ipAddress(text: value)?.description == "ip:\(value)"
    case .permanentIdentifier: return Self.isDevice(value, typeRequired: false)
    case .hardwareModule: return Self.isDevice(value, typeRequired: true)
    }
  }

  private var isTaken: Bool {
    switch kind {
    case .dns, .ip: true
    case .permanentIdentifier, .hardwareModule: DeviceRecord.isValidSerial(name)
    }
  }

  /// RFC 1123 §2.1, in lower case; an address is no name.
  static func isDomain(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    return labels.allSatisfy { label in
      guard let first = label.first, let end = label.last, label.count <= 63 else { return false }
      let hyphen = UInt8(ascii: "-")
      return first != hyphen && end != hyphen
        && label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    }
  }

  /// draft-ietf-acme-device-attest-07 §3.1, §4.1: one slash at most, and behind it a dotted identifier.
  private static func isDevice(_ text: String, typeRequired: Bool) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let serial = parts.first, !serial.isEmpty, !serial.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
      return false
    }
    guard parts.count == 2 else { return parts.count == 1 && !typeRequired }
    return ObjectIdentifier(dotted: String(parts[1])) != nil
  }
}

/// RFC 4043 §2: `PermanentIdentifier ::= SEQUENCE { identifierValue UTF8String OPTIONAL, assigner OBJECT IDENTIFIER
/// OPTIONAL }`, and RFC 4108 §5: `HardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }`.
extension ACMEIdentifier {
  static let permanentIdentifierName = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 8, 3])

  /// The device or module that an alternative name names, rebuilt as orders write it; nil for other names, and for ones
  /// that an order cannot write.
  init?(_ name: GeneralName) {
    guard case .otherName(let type, let value) = name else { return nil }
    switch type {
    case Self.permanentIdentifierName: self.init(permanentIdentifier: value)
    case GeneralName.hardwareModuleName: self.init(hardwareModule: value)
    default: return nil
    }
  }

  private init?(permanentIdentifier encoded: [UInt8]) {
    var outer = DERReader(encoded)
    guard var fields = try? outer.readSequence(), outer.isAtEnd, let value = try? fields.read(DERTag.utf8String),
      let text = String(validating: value.content, as: UTF8.self)
    else { return nil }
    var assigner = ""
    if !fields.isAtEnd {
      guard let identifier = try? fields.readObjectIdentifier(), fields.isAtEnd else { return nil }
      assigner = "/" + identifier.description
    }
    self.init(.permanentIdentifier, text + assigner)
  }

  private init?(hardwareModule encoded: [UInt8]) {
    var outer = DERReader(encoded)
    guard var fields = try? outer.readSequence(), outer.isAtEnd, let type = try? fields.readObjectIdentifier(),
      let serial = try? fields.readOctetString(), fields.isAtEnd, let text = String(validating: serial, as: UTF8.self)
    else { return nil }
    self.init(.hardwareModule, text + "/" + type.description)
  }
}
