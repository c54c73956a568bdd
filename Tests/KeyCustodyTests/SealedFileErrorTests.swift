import Credentials
import Crypto
import KeyCustody
import TestKit
import Testing
import WireFormats

/// What can be wrong with a store, and that each thing is said for what it is.
@Suite struct SealedFileErrorTests {
  private let sample: SampleStore
  private var header: String { "\(sample.directory)/store.header" }
  private var file: String { "\(sample.directory)/a.key" }

  init() throws {
    sample = try SampleStore()
    _ = try sample.store.generate(name: "a", purpose: "root", algorithm: .p256)
  }

  private func openKey() throws { _ = try sample.open().signer(named: "a", purpose: "root") }

  private func readHeader() throws -> String {
    String(decoding: try sample.folder.read("keys/store.header"), as: UTF8.self)
  }

  /// Writes a header, as someone would who also corrects the checksum.
  private func writeHeader(_ text: String, correctingChecksum: Bool = true) throws {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if correctingChecksum {
      let sum = SHA256.hash(data: Array((lines[0..<8].joined(separator: "\n") + "\n").utf8))
      lines[8] = "checksum: \(Hex.encode(Array(sum)))"
    }
    try sample.folder.write(Array(lines.joined(separator: "\n").utf8), to: "keys/store.header")
  }

  @Test func untouchedOpens() throws { try openKey() }

  @Test func wrongPassphrase() throws {
    #expect(throws: CustodyError.wrongPassphrase(directory: sample.directory)) {
      try sample.open(secret: SampleStore.passphrase("correct horsf"))
    }
    #expect(throws: CustodyError.emptySecret(source: "the passphrase")) {
      try sample.open(secret: SampleStore.passphrase(""))
    }
  }

  @Test func wrongMachineSecret() throws {
    let other = try SampleStore(secret: .machineLocal(SecretBytes.random(count: 32)))
    for count in [0, 31, 32, 33] {
      #expect(throws: CustodyError.wrongMachineSecret(directory: other.directory)) {
        try other.open(secret: .machineLocal(SecretBytes.random(count: count)))
      }
    }
  }

  @Test func wrongKindOfSecret() throws {
    #expect(throws: CustodyError.wrongKindOfSecret(directory: sample.directory, wanted: .passphrase)) {
      try sample.open(secret: .machineLocal(SecretBytes.random(count: 32)))
    }
    let other = try SampleStore(secret: .machineLocal(SecretBytes.random(count: 32)))
    #expect(throws: CustodyError.wrongKindOfSecret(directory: other.directory, wanted: .machineLocal)) {
      try other.open(secret: SampleStore.passphrase())
    }
  }

  @Test func wrongOrganization() throws {
    #expect(throws: CustodyError.wrongOrganization(path: sample.directory, expected: "zenith", found: "acme")) {
      try sample.open(organization: "zenith")
    }
  }

  @Test func missingStoreAndKey() throws {
    #expect(throws: CustodyError.notAStore(directory: "\(sample.folder.path)/none")) {
      try SealedKeyStore.open(
        directory: "\(sample.folder.path)/none", organization: "acme", secret: sample.secret, bounds: .forTests)
    }
    #expect(throws: CustodyError.missingKey(name: "b", directory: sample.directory)) {
      try sample.store.signer(named: "b", purpose: "root")
    }
  }

  @Test func wrongPurpose() throws {
    #expect(throws: CustodyError.wrongPurpose(path: file, expected: "operational", found: "root")) {
      try sample.store.signer(named: "a", purpose: "operational")
    }
  }

  @Test func swappedFiles() throws {
    _ = try sample.store.generate(name: "b", purpose: "root", algorithm: .p256)
    try sample.folder.write(try sample.folder.read("keys/b.key"), to: "keys/a.key")
    #expect(throws: CustodyError.swapped(path: file, found: "b")) { try openKey() }
  }

  @Test func filesOfOtherStores() throws {
    let same = try SampleStore()
    _ = try same.store.generate(name: "a", purpose: "root", algorithm: .p256)
    try sample.folder.write(try same.folder.read("keys/a.key"), to: "keys/a.key")
    #expect(throws: CustodyError.foreignStore(path: file)) { try openKey() }
    let other = try SampleStore(organization: "zenith")
    _ = try other.store.generate(name: "a", purpose: "root", algorithm: .p256)
    try sample.folder.write(try other.folder.read("keys/a.key"), to: "keys/a.key")
    #expect(throws: CustodyError.wrongOrganization(path: file, expected: "acme", found: "zenith")) { try openKey() }
  }

  /// Labels that were altered to fit are found by the authentication.
  @Test func relabelledFiles() throws {
    _ = try sample.store.generate(name: "b", purpose: "test", algorithm: .p256)
    let octets = try sample.folder.read("keys/b.key")
    let relabelled = octets.replacing(
      [0, 1, 0x62, 0, 4] + Array("test".utf8), with: [0, 1, 0x61, 0, 4] + Array("root".utf8))
    #expect(relabelled != octets)
    try sample.folder.write(relabelled, to: "keys/a.key")
    #expect(throws: CustodyError.tampered(path: file)) { try openKey() }
  }

  @Test func everyTruncationOfAKeyIsSaid() throws {
    let octets = try sample.folder.read("keys/a.key")
    for count in 0..<octets.count {
      try sample.folder.write(Array(octets.prefix(count)), to: "keys/a.key")
      #expect(throws: CustodyError.truncated(path: file)) { try sample.store.signer(named: "a", purpose: "root") }
    }
    try sample.folder.write(octets + [0], to: "keys/a.key")
    #expect(throws: CustodyError.damaged(path: file, what: "octets follow its end")) { try openKey() }
  }

  @Test func everyTruncationOfAHeaderIsSaid() throws {
    let octets = try sample.folder.read("keys/store.header")
    for count in 0..<octets.count {
      try sample.folder.write(Array(octets.prefix(count)), to: "keys/store.header")
      #expect(throws: CustodyError.truncated(path: header)) { try sample.open() }
    }
    try sample.folder.write(octets + octets, to: "keys/store.header")
    #expect(throws: CustodyError.damaged(path: header, what: "there are more lines than nine")) { try sample.open() }
  }

  @Test func everyBitOfAKeyCounts() throws {
    let octets = try sample.folder.read("keys/a.key")
    for index in octets.indices {
      var changed = octets
      changed[index] ^= 1 << UInt8(index % 8)
      try sample.folder.write(changed, to: "keys/a.key")
      #expect(throws: CustodyError.self) { try sample.store.signer(named: "a", purpose: "root") }
    }
  }

  @Test func everyBitOfAHeaderCounts() throws {
    let octets = try sample.folder.read("keys/store.header")
    for index in octets.indices {
      var changed = octets
      changed[index] ^= 1 << UInt8(index % 7)
      try sample.folder.write(changed, to: "keys/store.header")
      #expect(throws: CustodyError.self) { try sample.open() }
    }
  }

  @Test func damagedHeader() throws {
    try writeHeader(try readHeader().replacing("acme", with: "acmf"), correctingChecksum: false)
    #expect(throws: CustodyError.damaged(path: header, what: "its checksum is wrong")) { try sample.open() }
  }

  @Test func alteredHeader() throws {
    try writeHeader(try readHeader().replacing("acme", with: "zenith"))
    #expect(throws: CustodyError.tampered(path: header)) { try sample.open(organization: "zenith") }
    #expect(throws: CustodyError.tampered(path: header)) { try sample.open() }
  }

  /// Another salt or cost gives another key, which is what a wrong passphrase gives.
  @Test func alteredDerivation() throws {
    try writeHeader(try readHeader().replacing("N=2^4", with: "N=2^5"))
    #expect(throws: CustodyError.wrongPassphrase(directory: sample.directory)) { try sample.open() }
  }

  @Test(arguments: [
    "N=2^3 r=8 p=1", "N=2^21 r=8 p=1", "N=2^17 r=9 p=1", "N=2^17 r=8 p=2", "N=2^63 r=8 p=1", "N=2^-1 r=8 p=1",
    "N=2^4 r=0 p=0",
  ])
  func costOutOfBounds(_ cost: String) throws {
    try writeHeader(try readHeader().replacing("N=2^4 r=8 p=1", with: cost))
    #expect(throws: CustodyError.costOutOfBounds(path: header, cost: "scrypt \(cost)")) { try sample.open() }
  }

  /// Outside tests the floor is 2^17: the public way refuses what the tests' own stores cost.
  @Test(arguments: 4...16) func cheapStoresAreRefusedInEarnest(_ exponent: Int) throws {
    let cost = "scrypt N=2^\(exponent) r=8 p=1"
    try writeHeader(try readHeader().replacing("scrypt N=2^4 r=8 p=1", with: cost))
    #expect(throws: CustodyError.costOutOfBounds(path: header, cost: cost)) {
      try SealedKeyStore.open(directory: sample.directory, organization: "acme", secret: sample.secret)
    }
  }

  @Test(arguments: [
    "scrypt", "pbkdf2", "hkdf-sha256", "scrypt N=16 r=8 p=1", "scrypt N=2^999999999999999999999 r=8 p=1", "",
  ])
  func unknownDerivation(_ text: String) throws {
    try writeHeader(try readHeader().replacing("scrypt N=2^4 r=8 p=1", with: text))
    #expect(throws: CustodyError.damaged(path: header, what: "its derivation is unknown")) { try sample.open() }
  }

  @Test func otherVersions() throws {
    try sample.folder.write(
      Array(try readHeader().replacing("version 1", with: "version 2").utf8), to: "keys/store.header")
    #expect(throws: CustodyError.unsupportedVersion(path: header)) { try sample.open() }
    try sample.folder.write(Array("hello\n".utf8), to: "keys/store.header")
    #expect(throws: CustodyError.damaged(path: header, what: "it does not begin as a store header does")) {
      try sample.open()
    }
    var octets = try sample.folder.read("keys/a.key")
    octets[8] = 2
    try sample.folder.write(octets, to: "keys/a.key")
    #expect(throws: CustodyError.unsupportedVersion(path: file)) {
      try sample.store.signer(named: "a", purpose: "root")
    }
  }

  @Test func openPermissionsAreRefused() throws {
    try sample.folder.setMode(0o640, of: "keys/a.key")
    #expect(throws: CustodyError.permissionsTooWide(path: file, mode: 0o640)) { try openKey() }
    try sample.folder.setMode(0o604, of: "keys/store.header")
    #expect(throws: CustodyError.permissionsTooWide(path: header, mode: 0o604)) { try sample.open() }
    try sample.folder.setMode(0o600, of: "keys/store.header")
    try sample.folder.setMode(0o750, of: "keys")
    #expect(throws: CustodyError.permissionsTooWide(path: sample.directory, mode: 0o750)) { try sample.open() }
  }

  @Test func largeFilesAreRefused() throws {
    try sample.folder.write([UInt8](repeating: 0x54, count: 70_000), to: "keys/a.key")
    #expect(throws: CustodyError.tooLarge(path: file)) { try openKey() }
    try sample.folder.write([UInt8](repeating: 0x54, count: 5000), to: "keys/store.header")
    #expect(throws: CustodyError.tooLarge(path: header)) { try sample.open() }
  }

  /// Random damage is refused and never traps.
  @Test func mutations() throws {
    let (key, head) = (try sample.folder.read("keys/a.key"), try sample.folder.read("keys/store.header"))
    let store = sample.store
    for mutated in Mutations(of: key, count: 3000) where mutated != key {
      #expect(throws: CustodyError.self) { try store.unseal(mutated, purpose: "root", identifier: "a") }
    }
    for mutated in Mutations(of: head, count: 300) where mutated != head {
      try sample.folder.write(mutated, to: "keys/store.header")
      #expect(throws: CustodyError.self) { try sample.open() }
    }
  }

  @Test func errorsAreSentences() {
    let errors: [CustodyError] = [
      .wrongPassphrase(directory: "/d"), .tampered(path: "/p"), .permissionsTooWide(path: "/p", mode: 0o644),
      .noSecretSource(variable: "V"),
    ]
    #expect(
      errors.map { "\($0)" } == [
        "wrong passphrase for /d", "/p was altered after it was sealed",
        "/p is open to others than its owner (mode 644); run chmod go= on it",
        "a passphrase is needed: name a file that holds it in V, or start on a terminal",
      ])
  }
}
