import Credentials
import Registry
import WireFormats

extension DeviceService {
  /// Registers the secure elements of a signed manifest, each with the key that its maker vouches for. Those that are
  /// registered with the same data stay as they are, so that running an import again is harmless.
  public func importing(
    _ entries: [ManifestLine], from signers: ManifestSigners, under terms: ManifestTerms
  ) -> AdministrativeAct<DeviceImportOutcome> {
    AdministrativeAct("device.import", on: "manifest:\(entries.count)") { context in
      var outcome = DeviceImportOutcome()
      for entry in entries {
        do throws(Refusal) {
          let isNew = try take(entry.element, from: signers, under: terms, in: context)
          if isNew { outcome.added += 1 } else { outcome.unchanged += 1 }
        } catch {
          guard error.code != .unavailable else { throw error }
          outcome.refused.append(DeviceImportOutcome.Line(number: entry.number, reason: error.reason))
        }
      }
      return outcome
    }
  }

  private func take(
    _ signed: SignedSecureElement, from signers: ManifestSigners, under terms: ManifestTerms, in context: ActContext
  ) throws(Refusal) -> Bool {
    do {
      let (element, signer) = try signed.verified(by: signers, at: context.now)
      let keyHash = try element.publicKey(terms.key).keyHash
      let registration = terms.registration(of: element)
      try registration.validate()
      if let known = try context.writer.device(
        serial: registration.serial, manufacturer: registration.manufacturer, in: context.organization)
      {
        let key = try context.writer.deviceKey(hash: keyHash, in: context.organization)
        guard key?.device == known.id, registration.isSame(as: known) else {
          throw Refusal(.conflict, "serial \(registration.serial) is registered already, with other data")
        }
        return false
      }
      _ = try registerKnown(
        registration, keyHash: keyHash, signer: Hex.encode(signer.fingerprint), in: context)
      return true
    } catch let error as ManifestError {
      throw Refusal(.badRequest, error.reason)
    } catch {
      throw Refusal.from(error)
    }
  }
}

/// One entry of a manifest, with its place in the file.
public struct ManifestLine: Hashable, Sendable {
  /// From 1.
  public let number: Int
  public let element: SignedSecureElement

  public init(number: Int, element: SignedSecureElement) {
    self.number = number
    self.element = element
  }
}

/// What an operator states of a manifest's devices.
public struct ManifestTerms: Hashable, Sendable {
  public var profile: String
  /// The namespace of the serials; nil for the maker that the manifest names.
  public var manufacturer: String?
  /// Which of an element's keys its device enrolls with: the `kid`, which is the slot's number.
  public var key: String
  public var lot: String?

  public init(profile: String, manufacturer: String? = nil, key: String = "0", lot: String? = nil) {
    self.profile = profile
    self.manufacturer = manufacturer
    self.key = key
    self.lot = lot
  }

  func registration(of element: SecureElement) -> DeviceRegistration {
    DeviceRegistration(
      serial: element.uniqueID, profile: profile,
      manufacturer: manufacturer ?? element.manufacturer?.organizationName ?? "", product: element.model,
      hardwareRevision: element.partNumber, lot: lot ?? element.group)
  }
}
