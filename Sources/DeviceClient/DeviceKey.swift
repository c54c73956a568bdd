import Credentials
import WireFormats

/// A device's private key, wherever it lives. Nothing here asks for more of it than a public half and signatures.
public protocol DeviceKey: Sendable {
  var publicKey: SubjectPublicKeyInfo { get }
  /// Where it lives, in the word that `status` and the server's records use: `file`, `tpm`, `pkcs11`.
  var home: String { get }
  /// What is kept on the device's disk for it: the key itself, a blob that only its chip opens, or where to find it.
  var storedForm: PEM { get }

  /// Signs with the key's usual algorithm, over the message and not over its digest; as X.509 carries it. May block.
  func signature(over message: [UInt8]) throws -> [UInt8]

  /// Why it cannot sign now; nil when it can. May block.
  func fault() -> DeviceKeyFault?
}

extension DeviceKey {
  /// What is in this program's memory signs.
  public func fault() -> DeviceKeyFault? { nil }
}

/// Why a key does not sign, in words for a person.
public enum DeviceKeyFault: Error, Hashable, Sendable {
  /// It does not exist any more, and will never sign again: its chip was cleared or replaced.
  case gone(String)
  /// Its chip or token does not answer, or wants somebody to act first; it may sign later.
  case away(String)

  public var reason: String {
    switch self {
    case .gone(let reason), .away(let reason): reason
    }
  }

  public var isGone: Bool {
    if case .gone = self { true } else { false }
  }
}

/// A place where a device's keys are made and found again.
public protocol DeviceKeyHome: Sendable {
  /// The word for it, as `DeviceKey.home`.
  var name: String { get }
  /// Whether a renewal goes on with the key that is there. One that cannot leave its chip gains nothing by being
  /// replaced, and what was shown of it stays shown.
  var keepsKeys: Bool { get }

  /// Makes a key. May block.
  ///
  /// - Parameter random: Used where the key is made by this program; a chip has its own.
  func makeKey(using random: inout some RandomNumberGenerator) throws -> any DeviceKey

  /// Finds a key again by what was kept of it. Nil when that belongs to another home.
  func key(from stored: PEM) throws -> (any DeviceKey)?
}

extension DeviceKeyHome {
  public var keepsKeys: Bool { false }

  /// The key with which a renewal of this identity goes on; nil where another is to be made.
  func kept(of identity: DeviceMemory.Identity?) -> (any DeviceKey)? {
    guard keepsKeys, let key = identity?.key, key.home == name, key.fault()?.isGone != true else { return nil }
    return key
  }
}

extension DeviceKey {
  /// PKCS#10 for this key, as DER; nil when the key does not sign.
  public func certificationRequest(for serial: String) -> [UInt8]? {
    let subject = DistinguishedName([.init(type: AttributeType.serialNumber, value: serial)])
    return try? CertificationRequest.encode(subject: subject, publicKey: publicKey) { try signature(over: $0) }
  }
}
