import CPKCS11

extension TokenSession {
  /// The private key that a URI names.
  package func key(_ uri: PKCS11URI) throws(TokenError) -> UInt {
    let found = try find(CKO.privateKey, label: uri.object, id: uri.id)
    guard let key = found.first else {
      throw .keyMissing("the token is there, and holds no key \(uri): is it the right one?")
    }
    guard found.count == 1 else {
      throw .keyMissing("the token holds more than one key \(uri): name it by its id as well")
    }
    return key
  }
}
