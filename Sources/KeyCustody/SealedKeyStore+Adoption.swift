import Credentials

extension SealedKeyStore {
  /// Takes in a key that was made elsewhere: its sealed file is durable before this returns. What it came from is not
  /// touched. Throws `alreadyExists` where there is one of this name.
  ///
  /// - Returns: the key as it comes out of custody from then on.
  public func adopt(_ key: SoftwareKey, name: String, purpose: String) throws(CustodyError) -> SoftwareKey {
    try CustodyName.check(name)
    try CustodyName.check(purpose)
    let item = try SealedItem.seal(
      key.material.pkcs8, label: label(name, purpose, publicKey: key.publicKey.encoded), keys: keys)
    try DurableFile.create(item.encoded, in: directory, name: name + Self.suffix)
    return try key.sealedIn(exportable: purpose == CustodyPurpose.serverTLS)
  }
}
