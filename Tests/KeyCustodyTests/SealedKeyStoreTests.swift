import Credentials
import KeyCustody
import TestKit
import Testing

/// A store in a folder of its own, under the cheapest scrypt.
struct SampleStore {
  let folder: ScratchFolder
  let store: SealedKeyStore
  let secret: UnsealingSecret
  var directory: String { store.directory }

  static func passphrase(_ text: String = "correct horse") -> UnsealingSecret {
    .passphrase(SecretBytes(copying: Array(text.utf8)))
  }

  init(organization: String = "acme", secret: UnsealingSecret = passphrase()) throws {
    folder = try ScratchFolder()
    self.secret = secret
    store = try SealedKeyStore.create(
      directory: "\(folder.path)/keys", organization: organization, secret: secret, bounds: .forTests)
  }

  func open(organization: String = "acme", secret: UnsealingSecret? = nil) throws(CustodyError) -> SealedKeyStore {
    try SealedKeyStore.open(
      directory: directory, organization: organization, secret: secret ?? self.secret, bounds: .forTests)
  }
}

@Suite struct SealedKeyStoreTests {
  @Test(arguments: [SampleStore.passphrase(), .machineLocal(SecretBytes.random(count: 32))])
  func keysComeBack(_ secret: UnsealingSecret) throws {
    let sample = try SampleStore(secret: secret)
    #expect(sample.store.secretKind == secret.kind)
    var made: [String: SoftwareKey] = [:]
    for algorithm in [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048] {
      let name = algorithm.rawValue.lowercased()
      made[name] = try sample.store.generate(name: name, purpose: "operational", algorithm: algorithm)
    }
    let opened = try sample.open()
    #expect(opened.names() == made.keys.sorted())
    for (name, key) in made {
      let again = try opened.signer(named: name, purpose: "operational")
      #expect(again.publicKey == key.publicKey)
      #expect(try opened.publicKey(named: name).key == key.publicKey)
      #expect(try opened.publicKey(named: name).purpose == "operational")
      // The key as it was made must sign as well as the one that was opened.
      for signer in [key, again] {
        let signature = try signer.signature(over: [1])
        #expect(key.publicKey.isValidSignature(signature, over: [1], algorithm: key.algorithm))
      }
    }
  }

  @Test func privateOctetsStayInCustody() throws {
    let sample = try SampleStore()
    let key = try sample.store.generate(name: "a", purpose: "operational", algorithm: .p256)
    #expect(!key.isExportable && key.pkcs8 == nil && key.pkcs8PEM == nil)
    #expect(try sample.open().signer(named: "a", purpose: "operational").pkcs8PEM == nil)
    _ = try sample.store.generate(name: "b", purpose: CustodyPurpose.serverTLS, algorithm: .p256)
    #expect(try sample.open().signer(named: "b", purpose: CustodyPurpose.serverTLS).pkcs8PEM != nil)
  }

  @Test func nothingReadableIsOnDisk() throws {
    let sample = try SampleStore()
    let key = try sample.store.generate(name: "tls", purpose: CustodyPurpose.serverTLS, algorithm: .ed25519)
    let seed = try #require(key.pkcs8).withBytes { Array($0.suffix(32)) }
    for name in ["keys/tls.key", "keys/store.header"] {
      let octets = try sample.folder.read(name)
      #expect(!(0...max(0, octets.count - 32)).contains { octets[$0...].starts(with: seed) })
      #expect(!String(decoding: octets, as: UTF8.self).contains("horse"))
    }
  }

  @Test func modesAndNames() throws {
    let sample = try SampleStore()
    _ = try sample.store.generate(name: "a", purpose: "p", algorithm: .p256)
    #expect(try sample.folder.mode(of: "keys") == 0o700)
    #expect(try sample.folder.mode(of: "keys/a.key") == 0o600)
    #expect(try sample.folder.mode(of: "keys/store.header") == 0o600)
    // No temporary file is left.
    let entries = try ScratchFolder.names(in: sample.directory)
    #expect(entries == ["a.key", "store.header"])
  }

  @Test func neverOverwrites() throws {
    let sample = try SampleStore()
    _ = try sample.store.generate(name: "a", purpose: "p", algorithm: .p256)
    let before = try sample.folder.read("keys/a.key")
    #expect(throws: CustodyError.alreadyExists("\(sample.directory)/a.key")) {
      try sample.store.generate(name: "a", purpose: "p", algorithm: .p384)
    }
    #expect(try sample.folder.read("keys/a.key") == before)
    #expect(throws: CustodyError.alreadyExists("\(sample.directory)/store.header")) {
      try SealedKeyStore.create(
        directory: sample.directory, organization: "other", secret: sample.secret, bounds: .forTests)
    }
    #expect(try sample.open().names() == ["a"])
  }

  /// Of many that make one key at once, one does, and its key is the one that stays.
  @Test func concurrentCreationHasOneWinner() async throws {
    let sample = try SampleStore()
    let store = sample.store
    let made = await withTaskGroup(of: SoftwareKey?.self) { group in
      for _ in 0..<16 {
        group.addTask { try? await store.generated(name: "a", purpose: "p", algorithm: .p256) }
      }
      return await group.reduce(into: [SoftwareKey]()) { keys, key in if let key { keys.append(key) } }
    }
    #expect(made.count == 1)
    #expect(try store.signer(named: "a", purpose: "p").publicKey == made.first?.publicKey)
    #expect(try ScratchFolder.names(in: sample.directory) == ["a.key", "store.header"])
  }

  @Test(arguments: ["", ".", "..", ".a", "a/b", "A", "a b", "ä", "a\0", "-a", String(repeating: "a", count: 65)])
  func badNames(_ name: String) throws {
    let sample = try SampleStore()
    #expect(throws: CustodyError.badName(name)) {
      try sample.store.generate(name: name, purpose: "p", algorithm: .p256)
    }
    #expect(throws: CustodyError.badName(name)) {
      try sample.store.generate(name: "a", purpose: name, algorithm: .p256)
    }
    #expect(throws: CustodyError.badName(name)) { try sample.store.signer(named: name, purpose: "p") }
    #expect(throws: CustodyError.badName(name)) { try sample.store.seal([1], purpose: name) }
  }

  @Test(arguments: ["", "a\nb", "a\u{7F}", String(repeating: "x", count: 257)]) func badOrganizations(_ name: String) {
    #expect(throws: CustodyError.badName(name)) { try SampleStore(organization: name) }
  }

  @Test func secretsElsewhere() throws {
    let sample = try SampleStore()
    let sealed = try sample.store.seal([1, 2, 3], purpose: "mac", identifier: "device-7")
    #expect(
      try sample.open().unseal(sealed, purpose: "mac", identifier: "device-7") == SecretBytes(copying: [1, 2, 3]))
    #expect(try sample.store.seal([1, 2, 3], purpose: "mac", identifier: "device-7") != sealed)
    let path = "sealed secret device-8"
    #expect(throws: CustodyError.swapped(path: path, found: "device-7")) {
      try sample.store.unseal(sealed, purpose: "mac", identifier: "device-8")
    }
    #expect(throws: CustodyError.wrongPurpose(path: "sealed secret device-7", expected: "key", found: "mac")) {
      try sample.store.unseal(sealed, purpose: "key", identifier: "device-7")
    }
    #expect(throws: CustodyError.self) { try sample.store.seal([UInt8](repeating: 0, count: 65_537), purpose: "mac") }
  }

  /// The real cost, once: 128 MiB and some tenths of a second, away from the cooperative pool.
  @Test func standardCost() async throws {
    let folder = try ScratchFolder()
    let directory = "\(folder.path)/keys"
    _ = try await SealedKeyStore.created(
      directory: directory, organization: "acme", secret: SampleStore.passphrase())
    let header = String(decoding: try folder.read("keys/store.header"), as: UTF8.self)
    #expect(header.contains("\nderivation: scrypt N=2^17 r=8 p=1\n"))
    _ = try await SealedKeyStore.opened(
      directory: directory, organization: "acme", secret: SampleStore.passphrase())
  }
}
