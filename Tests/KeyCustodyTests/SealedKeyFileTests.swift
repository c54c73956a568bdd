import Credentials
import Foundation
import KeyCustody
import TestKit
import Testing

/// A root in one file: what was sealed comes out, and nothing else does.
@Suite struct SealedKeyFileTests {
  static let phrase = UnsealingSecret.passphrase(SecretBytes(copying: Array("a long passphrase".utf8)))

  struct Scene {
    let folder: TemporaryFolder
    let store: SealedKeyStore
    let keys: [SoftwareKey]
    var path: String { folder.path + "/r1.keys" }

    init() throws {
      folder = try TemporaryFolder()
      let secret = UnsealingSecret.machineLocal(SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
      let made = try SealedKeyStore.create(directory: folder.path + "/root", organization: "org-a", secret: secret)
      store = made
      keys = try ["root-1", "root-2"].map { try SealedKeyFileTests.generate($0, in: made) }
    }

    func export() throws {
      try SealedKeyFile.export(
        store, to: path, remark: "whose requests", secret: SealedKeyFileTests.phrase, bounds: .forTests)
    }

    func open(_ secret: UnsealingSecret = SealedKeyFileTests.phrase) throws -> SealedKeyFile {
      try SealedKeyFile.open(path, secret: secret, bounds: .forTests)
    }

    func rewrite(_ change: (inout [Substring]) -> Void) throws {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      change(&lines)
      try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  private static func generate(_ name: String, in store: SealedKeyStore) throws -> SoftwareKey {
    try store.generate(name: name, purpose: "authority", algorithm: .p256)
  }

  @Test func whatWasSealedComesOut() throws {
    let scene = try Scene()
    defer { scene.folder.remove() }
    try scene.export()
    #expect(try SealedKeyFile.names(in: scene.path) == ["root-1", "root-2"])
    let file = try scene.open()
    #expect(file.organization == "org-a" && file.remark == "whose requests")
    for (name, key) in zip(file.names, scene.keys) {
      let opened = try file.signer(named: name, purpose: "authority")
      #expect(opened.publicKey == key.publicKey && opened.pkcs8 == nil)
      let signature = try opened.signature(over: [1, 2, 3])
      #expect(key.publicKey.isValidSignature(signature, over: [1, 2, 3], algorithm: key.algorithm))
    }
    #expect(throws: CustodyError.self) { try file.signer(named: "root-1", purpose: "audit-log") }
    #expect(throws: CustodyError.self) { try file.signer(named: "root-3", purpose: "authority") }
    let mode = try FileManager.default.attributesOfItem(atPath: scene.path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test func itIsNeverWrittenOverAndNeverWithoutAPassphrase() throws {
    let scene = try Scene()
    defer { scene.folder.remove() }
    try scene.export()
    #expect(throws: CustodyError.alreadyExists(scene.path)) { try scene.export() }
    #expect(throws: CustodyError.self) {
      try SealedKeyFile.export(
        scene.store, to: scene.path + "2", remark: "",
        secret: .machineLocal(SecretBytes(copying: [UInt8](repeating: 1, count: 32))))
    }
  }

  @Test func anotherPassphraseOpensNothing() throws {
    let scene = try Scene()
    defer { scene.folder.remove() }
    try scene.export()
    #expect(throws: CustodyError.wrongPassphrase(directory: scene.path)) {
      try scene.open(.passphrase(SecretBytes(copying: Array("another".utf8))))
    }
  }

  @Test func noLineCanBeChangedOrLeftOut() throws {
    for change in 0..<5 {
      let scene = try Scene()
      defer { scene.folder.remove() }
      try scene.export()
      try scene.rewrite { lines in
        switch change {
        case 0: lines.remove(at: 11)
        case 1: lines.swapAt(11, 12)
        case 2: lines[10] = "remark: other"
        case 3: lines.removeLast(2)
        default: lines[0] = "touchmark sealed keys, version 9"
        }
      }
      #expect(throws: CustodyError.self) { try scene.open() }
    }
  }

  @Test func aRemovedStoreIsGoneWithItsSecret() throws {
    let scene = try Scene()
    defer { scene.folder.remove() }
    let secret = scene.folder.path + "/root-machine-secret"
    try scene.folder.write("root-machine-secret", "32 octets that opened the store.")
    #expect(SealedKeyStore.names(in: scene.store.directory) == ["root-1", "root-2"])
    try SealedKeyStore.remove(directory: scene.store.directory, machineSecret: secret)
    #expect(!FileManager.default.fileExists(atPath: scene.store.directory))
    #expect(!FileManager.default.fileExists(atPath: secret))
    #expect(SealedKeyStore.names(in: scene.store.directory) == [])
  }
}
