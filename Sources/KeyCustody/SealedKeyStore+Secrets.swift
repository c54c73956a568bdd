extension SealedKeyStore {
  /// Seals a secret that is kept elsewhere, such as a MAC key in the registry's database.
  ///
  /// - Parameter identifier: What the secret belongs to; it must be given again to unseal.
  public func seal(
    _ plaintext: [UInt8], purpose: String, identifier: String = "secret"
  ) throws(CustodyError) -> [UInt8] {
    try CustodyName.check(identifier)
    try CustodyName.check(purpose)
    let label = label(identifier, purpose, publicKey: [])
    return try SealedItem.seal(SecretBytes(copying: plaintext), label: label, keys: keys).encoded
  }

  /// Opens what `seal` gave. Errors name `sealed secret` where they would name a file.
  public func unseal(
    _ sealed: [UInt8], purpose: String, identifier: String = "secret"
  ) throws(CustodyError) -> SecretBytes {
    let path = "sealed secret \(identifier)"
    let item = try SealedItem(parsing: sealed, path: path)
    try check(item.label, name: identifier, purpose: purpose, path: path)
    return try item.open(keys: keys, path: path)
  }
}
