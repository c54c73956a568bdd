/// What `POST /devices/manifest` takes: a part of a secure-element maker's manifest.
public struct ManifestBatch: Codable, Hashable, Sendable {
  /// A JWS in its general form (RFC 7515 §7.2.2), without its unprotected header.
  public struct Entry: Codable, Hashable, Sendable {
    public var payload: String
    public var protected: String
    public var signature: String

    public init(payload: String, protected: String, signature: String) {
      self.payload = payload
      self.protected = protected
      self.signature = signature
    }
  }

  public var profile: String
  /// PEM: the certificates whose signatures are believed, or that stand above those an entry carries.
  public var signers: String
  /// The namespace of the serials; the maker that the manifest names when absent.
  public var manufacturer: String?
  /// The `kid` of the key that a device enrolls with; `0` when absent.
  public var key: String?
  public var lot: String?
  /// The place of the first entry in the file, from 1.
  public var first: Int
  public var entries: [Entry]

  public init(
    profile: String, signers: String, manufacturer: String? = nil, key: String? = nil, lot: String? = nil, first: Int,
    entries: [Entry]
  ) {
    self.profile = profile
    self.signers = signers
    self.manufacturer = manufacturer
    self.key = key
    self.lot = lot
    self.first = first
    self.entries = entries
  }
}
