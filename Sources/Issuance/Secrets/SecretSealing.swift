import KeyCustody
import Registry
import WireFormats

/// Seals the secrets that a door must know, under one key in custody (TRUST.md, Keys at rest).
///
/// Whose a secret is, is authenticated with it: one that is moved to another row of the store does not open.
public struct SecretSealing: Sendable {
  /// Whose secret it is.
  enum Owner: Sendable {
    case device(DeviceID)
    case grant(GrantName)

    var text: String {
      switch self {
      case .device(let id): "device:\(id.rawValue)"
      case .grant(let name): "grant:\(name.rawValue)"
      }
    }
  }

  private static let keyName = "mac-secrets"

  private let key: SealingKey
  private let organization: OrganizationID

  /// Opens the key, or makes it where there is none yet. Blocks for the file's sync, once in an installation's life.
  public init(keys: SealedKeyStore, organization: OrganizationID) throws(CustodyError) {
    key = try keys.sealingKey(named: Self.keyName, purpose: CustodyPurpose.macSecrets)
    self.organization = organization
  }

  func seal(_ secret: EnrollmentSecret, of owner: Owner) throws(Refusal) -> [UInt8] {
    do {
      return try key.seal(SecretBytes(copying: Array(secret.text.utf8)), context: context(owner))
    } catch {
      throw Refusal(.unavailable, "the secret cannot be sealed", detail: "\(error)")
    }
  }

  /// The secret's text. What is returned is the caller's to wipe.
  func open(_ sealed: SealedSecret) throws(Refusal) -> [UInt8] {
    do {
      return try key.open(sealed.octets, context: context(sealed.owner)).withBytes { Array($0) }
    } catch {
      throw Refusal(.unavailable, "a sealed secret cannot be opened", detail: "\(sealed.owner.text): \(error)")
    }
  }

  private func context(_ owner: Owner) -> [String] { [organization.rawValue, CustodyPurpose.macSecrets, owner.text] }
}

extension SecretSealing? {
  /// What goes beside the secret's digest.
  func sealed(_ secret: EnrollmentSecret, of owner: SecretSealing.Owner) throws(Refusal) -> [UInt8] {
    guard let self else { throw Refusal(.unavailable, "no key in custody seals secrets here") }
    return try self.seal(secret, of: owner)
  }
}
