import WireFormats

/// What registers have, and which events lead there, when a device runs what it should (RFC 9334 §8.3).
public struct ReferenceValues: Hashable, Sendable {
  /// Of one bank, by register.
  public typealias Bank = [Int: [[UInt8]]]

  /// Of each register.
  public static let mostValues = 16
  public static let mostEvents = 4096

  /// Every value that a register may have.
  public private(set) var registers: [TPMHashAlgorithm: Bank]
  /// Digests of events that are known to lead there; for saying which one is not, and never for trusting one.
  public private(set) var events: [TPMHashAlgorithm: Bank]

  public init(registers: [TPMHashAlgorithm: Bank] = [:], events: [TPMHashAlgorithm: Bank] = [:]) {
    (self.registers, self.events) = (registers, events)
  }

  public enum Malformed: Error, Hashable, Sendable, CustomStringConvertible {
    case bank(String)
    case register(String)
    case value(bank: String, register: String)
    case tooMany(register: String)
    case empty
    case text

    public var description: String {
      switch self {
      case .bank(let name): "'\(name)' is no bank; known are sha256, sha384 and sha512"
      case .register(let name): "'\(name)' is no register; they are 0 to 23"
      case .value(let bank, let register): "a value of \(bank):\(register) is not that bank's digest in hexadecimal"
      case .tooMany(let register): "register \(register) has too many values"
      case .empty: "no register has a value"
      case .text: "the stored text cannot be read"
      }
    }
  }

  /// As files and addresses have them: by bank and register, values in hexadecimal separated by spaces.
  public init(registers: [String: [String: String]], events: [String: [String: String]]) throws(Malformed) {
    self.init(
      registers: try Self.read(registers, most: Self.mostValues), events: try Self.read(events, most: Self.mostEvents))
    guard self.registers.values.contains(where: { !$0.isEmpty }) else { throw .empty }
  }

  private static func read(
    _ banks: [String: [String: String]], most: Int
  ) throws(Malformed) -> [TPMHashAlgorithm: Bank] {
    var result: [TPMHashAlgorithm: Bank] = [:]
    for (name, registers) in banks {
      guard let hash = TPMHashAlgorithm(name: name), hash.isStrong else { throw .bank(name) }
      for (number, text) in registers {
        guard let register = Int(number), (0..<PCRSelection.registers).contains(register), number == "\(register)"
        else {
          throw .register(number)
        }
        result[hash, default: [:]][register] = try values(text, hash, number, most: most)
      }
    }
    return result
  }

  private static func values(
    _ text: String, _ hash: TPMHashAlgorithm, _ register: String, most: Int
  ) throws(Malformed) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for part in text.split(separator: " ") {
      guard let value = Hex.decode(part.lowercased()), value.count == hash.size else {
        throw .value(bank: hash.name, register: register)
      }
      if !values.contains(value) { values.append(value) }
      guard values.count <= most else { throw .tooMany(register: register) }
    }
    guard !values.isEmpty else { throw .value(bank: hash.name, register: register) }
    return values
  }

  /// As `init(registers:events:)` takes them.
  public var texts: (registers: [String: [String: String]], events: [String: [String: String]]) {
    (Self.texts(registers), Self.texts(events))
  }

  private static func texts(_ banks: [TPMHashAlgorithm: Bank]) -> [String: [String: String]] {
    var result: [String: [String: String]] = [:]
    for (hash, registers) in banks {
      for (register, values) in registers {
        result[hash.name, default: [:]]["\(register)"] = values.map { Hex.encode($0) }.joined(separator: " ")
      }
    }
    return result
  }

  /// With what another has, too: devices of one product may differ.
  ///
  /// - Throws: `tooMany`.
  public func merging(_ other: ReferenceValues) throws(Malformed) -> ReferenceValues {
    ReferenceValues(
      registers: try Self.merge(registers, other.registers, most: Self.mostValues),
      events: try Self.merge(events, other.events, most: Self.mostEvents))
  }

  private static func merge(
    _ first: [TPMHashAlgorithm: Bank], _ second: [TPMHashAlgorithm: Bank], most: Int
  ) throws(Malformed) -> [TPMHashAlgorithm: Bank] {
    var result = first
    for (hash, registers) in second {
      for (register, values) in registers {
        let known = result[hash]?[register] ?? []
        let all = known + values.filter { !known.contains($0) }
        guard all.count <= most else { throw .tooMany(register: "\(register)") }
        result[hash, default: [:]][register] = all
      }
    }
    return result
  }
}

extension ReferenceValues {
  /// As it is stored: JSON, the same for the same values.
  public var stored: String {
    JSONValue.object([
      .init("pcrs", Self.stored(texts.registers)), .init("events", Self.stored(texts.events)),
    ]).written()
  }

  private static func stored(_ banks: [String: [String: String]]) -> JSONValue {
    .object(
      banks.sorted { $0.key < $1.key }.map { bank in
        .init(bank.key, .object(bank.value.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }))
      })
  }

  public init(stored text: String) throws(Malformed) {
    guard let value = try? JSONParser.parse(Array(text.utf8)) else { throw .text }
    self.init(
      registers: try Self.read(try Self.banks(value["pcrs"]), most: Self.mostValues),
      events: try Self.read(try Self.banks(value["events"]), most: Self.mostEvents))
  }

  private static func banks(_ value: JSONValue?) throws(Malformed) -> [String: [String: String]] {
    var result: [String: [String: String]] = [:]
    for bank in value?.members ?? [] {
      for register in bank.value.members ?? [] {
        guard let text = register.value.text else { throw .text }
        result[bank.key, default: [:]][register.key] = text
      }
    }
    return result
  }
}
