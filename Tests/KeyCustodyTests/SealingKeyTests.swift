import KeyCustody
import TestKit
import Testing

/// Secrets that lie outside of custody, under a key in it.
@Suite struct SealingKeyTests {
  private static let secret = SecretBytes(copying: Array("a secret".utf8))

  @Test func `What was sealed opens with the same key and context alone`() throws {
    let sample = try SampleStore()
    let key = try sample.store.sealingKey(named: "mac", purpose: "mac-secrets")
    let sealed = try key.seal(Self.secret, context: ["acme", "device:1"])
    let again = try sample.open().sealingKey(named: "mac", purpose: "mac-secrets")
    #expect(try again.open(sealed, context: ["acme", "device:1"]) == Self.secret)
    for context in [["acme", "device:2"], ["acmed", "evice:1"], ["acme"], []] {
      #expect(throws: CustodyError.tampered(path: "sealed secret")) { try again.open(sealed, context: context) }
    }
    let another = try SampleStore()
    let other = try another.store.sealingKey(named: "mac", purpose: "mac-secrets")
    #expect(throws: CustodyError.tampered(path: "sealed secret")) {
      try other.open(sealed, context: ["acme", "device:1"])
    }
    var changed = sealed
    changed[changed.count - 1] ^= 1
    #expect(throws: CustodyError.tampered(path: "sealed secret")) {
      try again.open(changed, context: ["acme", "device:1"])
    }
    #expect(try key.seal(Self.secret, context: []) != key.seal(Self.secret, context: []))
  }

  @Test func `A key for another purpose does not stand in`() throws {
    let sample = try SampleStore()
    _ = try sample.store.sealingKey(named: "mac", purpose: "mac-secrets")
    #expect(throws: CustodyError.self) { try sample.store.sealingKey(named: "mac", purpose: "other") }
    _ = try sample.store.generate(name: "signer", purpose: "mac-secrets", algorithm: .p256)
    #expect(throws: CustodyError.self) { try sample.store.sealingKey(named: "signer", purpose: "mac-secrets") }
  }

  /// A restored installation has another store: its key was taken along.
  @Test func `What was sealed opens with the key in a copy of the store`() throws {
    let sample = try SampleStore()
    let sealed = try sample.store.sealingKey(named: "mac", purpose: "mac-secrets").seal(Self.secret, context: ["x"])
    let copy = try sample.store.copy(
      to: "\(sample.folder.path)/copy", secret: SampleStore.passphrase("another"), bounds: .forTests)
    let key = try copy.sealingKey(named: "mac", purpose: "mac-secrets")
    #expect(try key.open(sealed, context: ["x"]) == Self.secret)
  }
}
