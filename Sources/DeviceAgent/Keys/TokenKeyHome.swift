import Credentials
import DeviceClient
import PKCS11
import WireFormats

/// One key on a PKCS #11 token: the one that the URI names, made there when it is missing. A renewal goes on with it.
struct TokenKeyHome: DeviceKeyHome {
  static let name = "pkcs11"
  static let label = "TOUCHMARK TOKEN KEY"
  /// The key's label where the URI has none.
  static let standardObject = "touchmark-agent"

  let token: DeviceToken

  init(_ uri: PKCS11URI) { token = DeviceToken(uri) }

  var name: String { Self.name }
  var keepsKeys: Bool { true }

  func makeKey(using random: inout some RandomNumberGenerator) throws -> any DeviceKey {
    let object = token.uri.object ?? Self.standardObject
    let id = token.uri.id ?? (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let wanted = token.uri.key(object: object, id: token.uri.id)
    do throws(TokenError) {
      return try token.run { session throws(TokenError) in
        do throws(TokenError) {
          // Of an earlier start that died before it was kept, or of whoever provisioned the device.
          let (uri, publicKey) = try session.found(wanted)
          return TokenDeviceKey(token: token, uri: uri, publicKey: publicKey)
        } catch .keyMissing {
          let publicKey = try session.make(.p256, label: object, id: id)
          KillPoint.pass("key-made")
          return TokenDeviceKey(token: token, uri: token.uri.key(object: object, id: id), publicKey: publicKey)
        }
      }
    } catch {
      throw AgentFailure(.failed, error.reason)
    }
  }

  func key(from stored: PEM) throws -> (any DeviceKey)? {
    guard stored.label == Self.label, let reference = KeyReference(stored) else { return nil }
    return TokenDeviceKey(
      token: token, uri: try PKCS11URI(parsing: reference.place),
      publicKey: try SubjectPublicKeyInfo(parsing: reference.publicKey))
  }
}

extension TokenSession {
  /// A P-256 key that is on the token already, by all that names it.
  fileprivate func found(_ wanted: PKCS11URI) throws(TokenError) -> (uri: PKCS11URI, publicKey: SubjectPublicKeyInfo) {
    let key = try key(wanted)
    guard try flag(CKA.sensitive, of: key) == true, try flag(CKA.extractable, of: key) == false else {
      throw .refused("the token's key \(wanted) can be read out of it, and is not used")
    }
    // By its own identifier: another key's public half may have been left under the same label.
    let id = try attribute(CKA.id, of: key).flatMap { (1...64).contains($0.count) ? $0 : nil }
    guard let publicObject = try find(CKO.publicKey, label: wanted.object, id: id).first else {
      throw .refused("the token holds the key \(wanted) without its public half")
    }
    return (wanted.key(object: wanted.object ?? "", id: id), try publicKey(.p256, publicObject))
  }
}

/// A device's key on its token.
struct TokenDeviceKey: DeviceKey {
  let token: DeviceToken
  let uri: PKCS11URI
  let publicKey: SubjectPublicKeyInfo

  var home: String { TokenKeyHome.name }
  var storedForm: PEM {
    KeyReference(place: uri.description, publicKey: publicKey.encoded).stored(as: TokenKeyHome.label)
  }

  func signature(over message: [UInt8]) throws -> [UInt8] {
    let mechanism = SigningMechanism(.ecdsaWithSHA256)
    let signature = try token.run { session throws(TokenError) in
      try session.sign(mechanism.input(message), key: try session.key(uri), mechanism: mechanism)
    }
    guard let encoded = mechanism.x509(signature),
      publicKey.isValidSignature(encoded, over: message, algorithm: .ecdsaWithSHA256)
    else { throw TokenError.keyMissing("the key \(uri) on the token is not the certificate's") }
    return encoded
  }

  func fault() -> DeviceKeyFault? {
    do throws(TokenError) {
      try token.run { session throws(TokenError) in _ = try session.key(uri) }
      return nil
    } catch {
      if case .keyMissing(let reason) = error { return .gone(reason) }
      return .away(error.reason)
    }
  }
}
