/// TPMA_OBJECT (Part 2 §8.3).
public struct TPMObjectAttributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The hierarchy of the object cannot change.
  public static let fixedTPM = TPMObjectAttributes(rawValue: 1 << 1)
  public static let stClear = TPMObjectAttributes(rawValue: 1 << 2)
  public static let fixedParent = TPMObjectAttributes(rawValue: 1 << 4)
  /// The TPM made all of the sensitive data but the authorization value.
  public static let sensitiveDataOrigin = TPMObjectAttributes(rawValue: 1 << 5)
  public static let userWithAuth = TPMObjectAttributes(rawValue: 1 << 6)
  public static let adminWithPolicy = TPMObjectAttributes(rawValue: 1 << 7)
  public static let firmwareLimited = TPMObjectAttributes(rawValue: 1 << 8)
  public static let svnLimited = TPMObjectAttributes(rawValue: 1 << 9)
  public static let noDA = TPMObjectAttributes(rawValue: 1 << 10)
  public static let encryptedDuplication = TPMObjectAttributes(rawValue: 1 << 11)
  /// It signs or decrypts only structures of a known format: never a forged attestation.
  public static let restricted = TPMObjectAttributes(rawValue: 1 << 16)
  public static let decrypt = TPMObjectAttributes(rawValue: 1 << 17)
  /// `sign`, in later versions `sign / encrypt`.
  public static let sign = TPMObjectAttributes(rawValue: 1 << 18)
  public static let x509sign = TPMObjectAttributes(rawValue: 1 << 19)

  /// What a key has that was made in this TPM and never leaves it.
  public static let residence: TPMObjectAttributes = [.fixedTPM, .fixedParent, .sensitiveDataOrigin]

  private static let named: [(TPMObjectAttributes, String)] = [
    (.fixedTPM, "fixedTPM"), (.stClear, "stClear"), (.fixedParent, "fixedParent"),
    (.sensitiveDataOrigin, "sensitiveDataOrigin"), (.userWithAuth, "userWithAuth"),
    (.adminWithPolicy, "adminWithPolicy"), (.firmwareLimited, "firmwareLimited"), (.svnLimited, "svnLimited"),
    (.noDA, "noDA"), (.encryptedDuplication, "encryptedDuplication"), (.restricted, "restricted"),
    (.decrypt, "decrypt"), (.sign, "sign"), (.x509sign, "x509sign"),
  ]

  private static let known = named.reduce(into: TPMObjectAttributes()) { $0.insert($1.0) }

  /// The standard's names of what is set.
  public var names: [String] { Self.named.filter { contains($0.0) }.map(\.1) }

  init(_ reader: inout TPMReader) throws(TPMStructureError) {
    self.init(rawValue: try reader.readUInt32())
    guard isSubset(of: Self.known) else { throw .badValue }
  }
}
