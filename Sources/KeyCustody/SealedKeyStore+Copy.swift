extension SealedKeyStore {
  /// Seals every key of this store again in a new one under another secret: a backup is opened on another machine, and a
  /// restored installation has a machine secret of its own. No key leaves custody on the way.
  ///
  /// Blocks. Throws `alreadyExists` for a directory that holds a store, and whatever opening one of the keys throws.
  public func copy(to directory: String, secret: UnsealingSecret) throws(CustodyError) -> SealedKeyStore {
    try copy(to: directory, secret: secret, bounds: .standard)
  }

  package func copy(
    to directory: String, secret: UnsealingSecret, bounds: ScryptBounds
  ) throws(CustodyError) -> SealedKeyStore {
    let copy = try SealedKeyStore.create(
      directory: directory, organization: organization, secret: secret, bounds: bounds)
    for name in names() { try copy.take(name, from: self) }
    return copy
  }

  private func take(_ name: String, from other: SealedKeyStore) throws(CustodyError) {
    let (item, path) = try other.item(named: name)
    try other.check(item.label, name: name, purpose: item.label.purpose, path: path)
    let plaintext = try item.open(keys: other.keys, path: path)
    let sealed = try SealedItem.seal(
      plaintext, label: label(name, item.label.purpose, publicKey: item.label.publicKey), keys: keys)
    try DurableFile.create(sealed.encoded, in: directory, name: name + Self.suffix)
  }
}
