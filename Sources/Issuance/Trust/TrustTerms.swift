import Credentials
import Registry
import WireFormats

/// What a manufacturer's authority is trusted for.
public struct TrustTerms: Hashable, Sendable {
  public var name: String
  /// DER.
  public var certificate: [UInt8]
  /// The profiles that its devices may ask for.
  public var profiles: [String]
  /// The namespace of its devices' serials; never empty, which is this organization's own.
  public var manufacturer: String
  public var serialPrefix: String?
  public var purpose: TrustAnchorRecord.Purpose

  public init(
    name: String, certificate: [UInt8], profiles: [String], manufacturer: String, serialPrefix: String? = nil,
    purpose: TrustAnchorRecord.Purpose = .devices
  ) {
    self.name = name
    self.certificate = certificate
    self.profiles = profiles
    self.manufacturer = manufacturer
    self.serialPrefix = serialPrefix
    self.purpose = purpose
  }

  func validate() throws(Refusal) {
    guard ProfileName(rawValue: name) != nil else {
      throw Refusal(.badRequest, "a name is 1 to 64 letters, digits, hyphens, dots and underscores")
    }
    guard !manufacturer.isEmpty else {
      throw Refusal(.badRequest, "name the manufacturer: its serials are a namespace of their own")
    }
    try RecordText.check(manufacturer, named: "manufacturer", upTo: 64)
    if purpose == .tpm {
      guard profiles.isEmpty, serialPrefix == nil else {
        throw Refusal(.badRequest, "an authority for TPMs lets nobody in: it takes no profiles and no serials")
      }
      return
    }
    guard !profiles.isEmpty, Set(profiles).count == profiles.count, profiles.count <= 32 else {
      throw Refusal(.badRequest, "name 1 to 32 different profiles")
    }
    if let serialPrefix, !DeviceRecord.isValidSerial(serialPrefix) {
      throw Refusal(.badRequest, "no serial can begin with this prefix")
    }
  }

  /// The certificate, if it can vouch for devices.
  func authority(at now: Instant) throws(Refusal) -> Certificate {
    guard let certificate = try? Certificate(parsing: certificate) else {
      throw Refusal(.badRequest, "the certificate cannot be read")
    }
    // RFC 5280 §4.2.1.9 and §4.2.1.3: only a CA with keyCertSign (where key usage is stated) signs certificates.
    guard certificate.isAuthority, certificate.keyUsage?.contains(.keyCertSign) ?? true else {
      throw Refusal(.badRequest, "the certificate is no authority's")
    }
    guard certificate.publicKey != nil else {
      throw Refusal(.badRequest, "the certificate's key is of a kind, or a strength, that is not accepted here")
    }
    guard now <= certificate.notAfter else { throw Refusal(.expired, "the certificate has expired") }
    return certificate
  }
}
