import Crypto
import WireFormats

/// The file `store.header` that makes a directory a store (docs/custody.md).
///
/// Lines of `name: value` in a fixed order. The last three lines tell apart what can go wrong: `checksum` (damage, seen
/// before any secret is used), `verifier` (the secret is the right one) and `seal` (no line was altered).
struct StoreHeader: Hashable, Sendable {
  static let fileName = "store.header"
  static let magic = "touchmark sealed store, version 1"
  static let maximumSize = 4096

  let organization: String
  /// 16 random octets that tie each sealed file to its store.
  let storeID: [UInt8]
  let derivation: Derivation
  /// 32 random octets.
  let salt: [UInt8]

  enum Derivation: Hashable, Sendable {
    case scrypt(ScryptCost)
    case hkdf

    var kind: SecretKind {
      switch self {
      case .scrypt: .passphrase
      case .hkdf: .machineLocal
      }
    }

    var text: String {
      switch self {
      case .scrypt(let cost): "scrypt N=2^\(cost.exponent) r=\(cost.blockSize) p=\(cost.parallelism)"
      case .hkdf: "hkdf-sha256"
      }
    }
  }

  /// The lines that are authenticated.
  private var body: String {
    """
    \(Self.magic)
    organization: \(organization)
    store: \(Hex.encode(storeID))
    secret: \(derivation.kind.rawValue)
    derivation: \(derivation.text)
    salt: \(Hex.encode(salt))

    """
  }

  /// The file's octets.
  func encoded(keys: StoreKeys) -> [UInt8] {
    var text = body
    text += "verifier: \(Hex.encode(keys.verifier))\n"
    text += "seal: \(Hex.encode(keys.seal(Array(body.utf8))))\n"
    text += "checksum: \(Hex.encode(Array(SHA256.hash(data: Array(text.utf8)))))\n"
    return Array(text.utf8)
  }
}

/// A header as it was read: nothing in it is believed before `check`.
struct UncheckedStoreHeader {
  let header: StoreHeader
  private let verifier: [UInt8]
  private let seal: [UInt8]
  private let body: [UInt8]
  private let path: String

  init(parsing octets: SecretBytes, path: String, bounds: ScryptBounds) throws(CustodyError) {
    let text = octets.withBytes { String(decoding: $0, as: UTF8.self) }
    guard text.hasPrefix(StoreHeader.magic + "\n") else { throw Self.unknownStart(text, path) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 10 else { throw .truncated(path: path) }
    guard lines.count == 10, lines[9].isEmpty else {
      throw .damaged(path: path, what: "there are more lines than nine")
    }
    let names = ["organization", "store", "secret", "derivation", "salt", "verifier", "seal", "checksum"]
    var values: [String] = []
    for (name, line) in zip(names, lines.dropFirst()) {
      guard line.hasPrefix("\(name): ") else { throw .damaged(path: path, what: "its line \(name) is missing") }
      values.append(String(line.dropFirst(name.count + 2)))
    }
    let sum = Array(SHA256.hash(data: Array(lines[0..<8].joined(separator: "\n").utf8) + [0x0A]))
    guard values[7] == Hex.encode(sum) else { throw .damaged(path: path, what: "its checksum is wrong") }
    let derivation = try Self.derivation(values[3], kind: values[2], path: path, bounds: bounds)
    guard let storeID = Hex.decode(values[1]), storeID.count == 16, let salt = Hex.decode(values[4]), salt.count == 32,
      let verifier = Hex.decode(values[5]), let seal = Hex.decode(values[6])
    else { throw .damaged(path: path, what: "a value has another form") }
    header = StoreHeader(organization: values[0], storeID: storeID, derivation: derivation, salt: salt)
    (self.verifier, self.seal, self.path) = (verifier, seal, path)
    body = Array(lines[0..<6].joined(separator: "\n").utf8) + [0x0A]
  }

  private static func unknownStart(_ text: String, _ path: String) -> CustodyError {
    if (StoreHeader.magic + "\n").hasPrefix(text) { return .truncated(path: path) }
    return text.hasPrefix("touchmark sealed store, version ")
      ? .unsupportedVersion(path: path) : .damaged(path: path, what: "it does not begin as a store header does")
  }

  private static func derivation(
    _ text: String, kind: String, path: String, bounds: ScryptBounds
  ) throws(CustodyError) -> StoreHeader.Derivation {
    if text == StoreHeader.Derivation.hkdf.text, kind == SecretKind.machineLocal.rawValue { return .hkdf }
    let parts = text.split(separator: " ")
    guard kind == SecretKind.passphrase.rawValue, parts.count == 4, parts[0] == "scrypt", parts[1].hasPrefix("N=2^"),
      parts[2].hasPrefix("r="), parts[3].hasPrefix("p="), let exponent = Int(parts[1].dropFirst(4)),
      let blockSize = Int(parts[2].dropFirst(2)), let parallelism = Int(parts[3].dropFirst(2))
    else { throw .damaged(path: path, what: "its derivation is unknown") }
    let cost = ScryptCost(exponent: exponent, blockSize: blockSize, parallelism: parallelism)
    guard bounds.allow(cost) else { throw .costOutOfBounds(path: path, cost: text) }
    return .scrypt(cost)
  }

  /// Whether the secret is right and the header is as it was written.
  func check(_ keys: StoreKeys, directory: String) throws(CustodyError) {
    guard ConstantTime.areEqual(keys.verifier, verifier) else {
      switch header.derivation.kind {
      case .passphrase: throw .wrongPassphrase(directory: directory)
      case .machineLocal: throw .wrongMachineSecret(directory: directory)
      }
    }
    guard ConstantTime.areEqual(keys.seal(body), seal) else { throw .tampered(path: path) }
  }
}
