import Credentials

extension SealedKeyStore {
  /// What follows a key's name in its file's name.
  static let suffix = ".key"

  /// Makes a key and its sealed file, both durable before this returns. Throws `alreadyExists` where there is one.
  public func generate(name: String, purpose: String, algorithm: KeyAlgorithm) throws(CustodyError) -> SoftwareKey {
    try CustodyName.check(name)
    try CustodyName.check(purpose)
    let file = name + Self.suffix
    // Seen before the key is made, which takes seconds for RSA.
    guard !DurableFile.exists("\(directory)/\(file)") else { throw .alreadyExists("\(directory)/\(file)") }
    let key = try SoftwareKey.generate(algorithm)
    let item = try SealedItem.seal(
      key.material.pkcs8, label: label(name, purpose, publicKey: key.publicKey.encoded), keys: keys)
    try DurableFile.create(item.encoded, in: directory, name: file)
    return try key.sealedIn(exportable: purpose == CustodyPurpose.serverTLS)
  }

  /// `generate` on a thread of its own.
  public func generated(
    name: String, purpose: String, algorithm: KeyAlgorithm
  ) async throws(CustodyError) -> SoftwareKey {
    try await OwnThread.run { () throws(CustodyError) in
      try generate(name: name, purpose: purpose, algorithm: algorithm)
    }
  }

  /// Opens a key. Throws `missingKey`, `wrongPurpose`, `wrongOrganization`, `swapped`, `foreignStore`, `truncated`,
  /// `damaged` or `tampered`.
  public func signer(named name: String, purpose: String) throws(CustodyError) -> SoftwareKey {
    let (item, path) = try item(named: name)
    try check(item.label, name: name, purpose: purpose, path: path)
    return try SoftwareKey(opening: item, keys: keys, path: path, isExportable: purpose == CustodyPurpose.serverTLS)
  }

  /// The names of the keys that have a file here, sorted; their files are not opened.
  public func names() -> [String] {
    DurableFile.names(in: directory).filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }
      .filter(CustodyName.isValid)
  }

  /// What a key's file says of itself in the clear. It is checked only when the key is opened.
  public func publicKey(named name: String) throws(CustodyError) -> (key: SubjectPublicKeyInfo, purpose: String) {
    let (item, path) = try item(named: name)
    do { return (try SubjectPublicKeyInfo(parsing: item.label.publicKey), item.label.purpose) } catch {
      throw .damaged(path: path, what: "its public key cannot be read")
    }
  }

  func item(named name: String) throws(CustodyError) -> (SealedItem, path: String) {
    try CustodyName.check(name)
    let path = "\(directory)/\(name)\(Self.suffix)"
    guard let octets = try DurableFile.read(path, limit: SealedItem.maximumSize) else {
      throw .missingKey(name: name, directory: directory)
    }
    return (try SealedItem(parsing: octets, path: path), path)
  }

  func label(_ name: String, _ purpose: String, publicKey: [UInt8]) -> SealedItem.Label {
    SealedItem.Label(
      organization: organization, storeID: storeID, name: name, purpose: purpose, publicKey: publicKey)
  }

  /// Says in words what authentication would only refuse.
  func check(_ label: SealedItem.Label, name: String, purpose: String, path: String) throws(CustodyError) {
    guard label.organization == organization else {
      throw .wrongOrganization(path: path, expected: organization, found: label.organization)
    }
    guard label.storeID == storeID else { throw .foreignStore(path: path) }
    guard label.name == name else { throw .swapped(path: path, found: label.name) }
    guard label.purpose == purpose else {
      throw .wrongPurpose(path: path, expected: purpose, found: label.purpose)
    }
  }
}

extension SoftwareKey {
  /// A sealed key whose label was checked.
  init(opening item: SealedItem, keys: StoreKeys, path: String, isExportable: Bool) throws(CustodyError) {
    let plaintext = try item.open(keys: keys, path: path)
    var pkcs8 = plaintext.withBytes { Array($0) }
    defer { SecretBytes.wipe(&pkcs8) }
    let material: Material
    do { material = try Material(pkcs8: pkcs8) } catch {
      throw .damaged(path: path, what: "what it seals is no private key")
    }
    try self.init(material, isExportable: isExportable)
    guard publicKey.encoded == item.label.publicKey else {
      throw .damaged(path: path, what: "its public and private keys do not belong together")
    }
  }
}
