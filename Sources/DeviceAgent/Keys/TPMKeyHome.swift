import Credentials
import Crypto
import DeviceClient
import DeviceTPM
import WireFormats

/// Keys that are made in a TPM and never leave it. A renewal goes on with the same key.
package struct TPMKeyHome: DeviceKeyHome {
  static let name = "tpm"
  static let handleLabel = "TOUCHMARK TPM HANDLE"

  package let tpm: TPM
  let place: TPMPlace

  package init(_ place: TPMPlace) { (tpm, self.place) = (TPM(place.configuration), place) }

  package var name: String { Self.name }
  package var keepsKeys: Bool { true }

  package func makeKey(using random: inout some RandomNumberGenerator) throws -> any DeviceKey {
    do throws(TPMError) {
      if let handle = place.handle { return try persistentKey(handle) }
      return try key(try made())
    } catch {
      throw AgentFailure(.failed, error.words, hint: error.cure(place))
    }
  }

  package func key(from stored: PEM) throws -> (any DeviceKey)? {
    switch stored.label {
    case TPMKeyFile.label: return try TPMKeyFile.decode(stored).map { blob throws(TPMError) in try key(blob) }
    case Self.handleLabel:
      guard let reference = KeyReference(stored), let handle = TPMPlace.handle(reference.place) else { return nil }
      return TPMDeviceKey(
        home: self, key: .persistent(handle), publicKey: try SubjectPublicKeyInfo(parsing: reference.publicKey))
    default: return nil
    }
  }

  /// The value that the key's use asks for.
  func authorization() throws(TPMError) -> [UInt8] {
    guard let path = place.authorizationFile else { return [] }
    do throws(AgentFailure) { return try KeyAuthorization.read(path) } catch { throw .unavailable(error.reason) }
  }

  private func made() throws(TPMError) -> TPMKeyBlob {
    let (tpm, authorization) = (tpm, try authorization())
    return try Waiting.result { () throws(TPMError) in
      try await tpm.createKey(.signing, authorization: authorization)
    }
  }

  /// What lies under the handle is used when it is such a key as is made here: an earlier start made it, or whoever
  /// provisioned the device.
  private func persistentKey(_ handle: UInt32) throws(TPMError) -> any DeviceKey {
    do throws(TPMError) {
      let area = try publicArea(.persistent(handle))
      guard area.isOwnKey else { throw .unavailable("another key lies under the TPM's handle \(Self.text(handle))") }
      return try key(area, .persistent(handle))
    } catch .notThere {
      let (tpm, blob) = (tpm, try made())
      let persistent = try Waiting.result { () throws(TPMError) in try await tpm.persist(blob, at: handle) }
      return try key(blob.publicArea, persistent)
    }
  }

  func publicArea(_ key: TPMKey) throws(TPMError) -> TPMPublicArea {
    let tpm = tpm
    return try Waiting.result { () throws(TPMError) in try await tpm.readPublic(key).area }
  }

  private func key(_ blob: TPMKeyBlob) throws(TPMError) -> any DeviceKey { try key(blob.publicArea, .blob(blob)) }

  private func key(_ area: TPMPublicArea, _ key: TPMKey) throws(TPMError) -> any DeviceKey {
    guard let info = area.subjectPublicKeyInfo, let publicKey = try? SubjectPublicKeyInfo(parsing: info) else {
      throw .malformed
    }
    return TPMDeviceKey(home: self, key: key, publicKey: publicKey)
  }

  static func text(_ handle: UInt32) -> String { "0x" + String(handle, radix: 16) }
}

extension TPMPublicArea {
  /// Made in this TPM, fixed to it, and free to sign what it is given.
  fileprivate var isOwnKey: Bool {
    point != nil && attributes.isSuperset(of: [.fixedTPM, .fixedParent, .sensitiveDataOrigin, .sign])
      && attributes.isDisjoint(with: [.restricted, .decrypt])
  }
}

/// A device's key in its TPM.
struct TPMDeviceKey: DeviceKey {
  let homeOfKeys: TPMKeyHome
  let key: TPMKey
  let publicKey: SubjectPublicKeyInfo

  init(home: TPMKeyHome, key: TPMKey, publicKey: SubjectPublicKeyInfo) {
    (homeOfKeys, self.key, self.publicKey) = (home, key, publicKey)
  }

  var home: String { TPMKeyHome.name }

  var storedForm: PEM {
    switch key {
    case .blob(let blob):
      TPMKeyFile.encode(blob, hasAuthorization: homeOfKeys.place.authorizationFile != nil)
    case .persistent(let handle):
      KeyReference(place: TPMKeyHome.text(handle), publicKey: publicKey.encoded).stored(as: TPMKeyHome.handleLabel)
    }
  }

  func signature(over message: [UInt8]) throws -> [UInt8] {
    guard let encoded = ECDSASignatureValue.encode(raw: try sign(message).plain) else { throw TPMError.malformed }
    return encoded
  }

  private func sign(_ message: [UInt8]) throws(TPMError) -> TPMSignature {
    let (tpm, key, authorization) = (homeOfKeys.tpm, key, try homeOfKeys.authorization())
    let digest = Array(SHA256.hash(data: message))
    return try Waiting.result { () throws(TPMError) in
      try await tpm.sign(digest: digest, with: key, authorization: authorization)
    }
  }

  /// Nobody's protocol: a signature over it says nothing.
  private static let trial = Array("touchmark-agent: does this key sign?".utf8)

  func fault() -> DeviceKeyFault? {
    do throws(TPMError) {
      guard try homeOfKeys.publicArea(key).subjectPublicKeyInfo == publicKey.encoded else {
        return .gone("another key lies under its handle in the TPM")
      }
      _ = try sign(Self.trial)
      return nil
    } catch {
      return error.isLoss ? .gone(error.words) : .away(error.words)
    }
  }
}
