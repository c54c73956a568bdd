import Credentials
import Crypto
import DeviceTPM
import TestKit
import Testing
import WireFormats

/// Keys in a real TPM, as far as swtpm is one.
@Suite struct TPMKeyTests {
  static let message = Array("what a device signs".utf8)
  static let digest = SHA256.hash(data: message).withUnsafeBytes { Array($0) }

  static func verifies(_ signature: TPMSignature, _ area: TPMPublicArea) throws -> Bool {
    let key = try P256.Signing.PublicKey(x963Representation: try #require(area.point))
    return key.isValidSignature(try .init(rawRepresentation: signature.plain), for: message)
  }

  func failure<Value>(_ body: () async throws -> Value) async -> TPMError? {
    do { _ = try await body() } catch { return error as? TPMError }
    return nil
  }

  @Test func keysSignAndStay() async throws {
    let simulator = try await SimulatedTPM()
    let tpm = simulator.tpm
    let blob = try await tpm.createKey(.signing)
    #expect(
      blob.publicArea.attributes == [.fixedTPM, .fixedParent, .sensitiveDataOrigin, .userWithAuth, .noDA, .sign])
    let info = try SubjectPublicKeyInfo(parsing: try #require(blob.publicArea.subjectPublicKeyInfo))
    #expect(info.algorithm == .p256)
    // As one file, and back.
    let kept = try TPMKeyBlob(parsing: blob.encoded)
    #expect(kept == blob)
    for _ in 0..<4 {
      #expect(try await Self.verifies(tpm.sign(digest: Self.digest, with: .blob(kept)), blob.publicArea))
    }

    // A power cut, and nobody to send TPM2_Startup: the same value goes on.
    let persistent = try await tpm.persist(kept, at: 0x8100_0010)
    try await simulator.stop()
    #expect(await failure { try await tpm.sign(digest: Self.digest, with: persistent) }.map(Self.isUnavailable) == true)
    try await simulator.start(isStarted: false)
    for key in [persistent, .blob(kept)] {
      #expect(try await Self.verifies(tpm.sign(digest: Self.digest, with: key), blob.publicArea))
      let (area, name) = try await tpm.readPublic(key)
      #expect(area == blob.publicArea)
      // TPM 2.0 Library part 1, §16: the Name is the algorithm's number and the digest of the public area.
      #expect(name == [0x00, 0x0B] + SHA256.hash(data: area.encoded).withUnsafeBytes { Array($0) })
    }
    try await tpm.forget(persistent: 0x8100_0010)
    #expect(await failure { try await tpm.sign(digest: Self.digest, with: persistent) } == .notThere)
  }

  static func isUnavailable(_ error: TPMError) -> Bool {
    if case .unavailable = error { return true }
    return false
  }

  @Test func authorizationValues() async throws {
    let simulator = try await SimulatedTPM()
    let tpm = simulator.tpm
    let value = (0..<32).map { UInt8($0 + 1) }
    let key = TPMKey.blob(try await tpm.createKey(.signing, authorization: value))
    #expect(await failure { try await tpm.sign(digest: Self.digest, with: key) } == .wrongAuthorization)
    // More wrong ones than would lock a key that counts them: power cuts count as well, and a device has many.
    for _ in 0..<6 {
      #expect(
        await failure { try await tpm.sign(digest: Self.digest, with: key, authorization: [1]) } == .wrongAuthorization)
    }
    #expect(try await tpm.sign(digest: Self.digest, with: key, authorization: value).plain.count == 64)
  }

  @Test func refusals() async throws {
    let (one, other) = (try await SimulatedTPM(), try await SimulatedTPM())
    let key = try await one.tpm.createKey(.signing)
    #expect(await failure { try await other.tpm.sign(digest: Self.digest, with: .blob(key)) } == .notOfThisTPM)
    // Restricted: it signs nothing that somebody hands it.
    let attester = TPMKey.blob(try await one.tpm.createKey(.attestation))
    #expect(await failure { try await one.tpm.sign(digest: Self.digest, with: attester) } != nil)
    for length in stride(from: 0, to: key.encoded.count, by: 9) {
      #expect(throws: TPMError.malformed) { _ = try TPMKeyBlob(parsing: Array(key.encoded.prefix(length))) }
    }
    for bytes in Mutations(of: key.encoded, count: 5_000) { _ = try? TPMKeyBlob(parsing: bytes) }
    let nobody = TPM("device:/nonexistent")
    #expect(await failure { try await nobody.createKey(.signing) }.map(Self.isUnavailable) == true)
  }

  /// Many tasks at once wait in line for the one thread.
  @Test func manyAtOnce() async throws {
    let simulator = try await SimulatedTPM()
    let tpm = simulator.tpm
    let key = try await tpm.createKey(.signing)
    let signatures = try await withThrowingTaskGroup(of: TPMSignature.self) { group in
      for _ in 0..<24 { group.addTask { try await tpm.sign(digest: Self.digest, with: .blob(key)) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(try signatures.count == 24 && signatures.allSatisfy { try Self.verifies($0, key.publicArea) })
  }

  /// tpm2-tools load our blob under the same parent, and sign with it.
  @Test func toolsTakeTheBlob() async throws {
    let simulator = try await SimulatedTPM()
    let blob = try await simulator.tpm.createKey(.signing)
    try simulator.bench.write(blob.publicPart, to: "key.pub")
    try simulator.bench.write(blob.privatePart, to: "key.priv")
    try simulator.bench.write(Self.message, to: "message")
    let primary = try await simulator.tool(
      "tpm2_createprimary", "-C", "o", "-G", "ecc", "-a",
      "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt", "-c", "primary.ctx")
    #expect(primary.status == 0, "\(primary.text)")
    let loaded = try await simulator.tool(
      "tpm2_load", "-C", "primary.ctx", "-u", "key.pub", "-r", "key.priv", "-c", "key.ctx")
    #expect(loaded.status == 0, "\(loaded.text)")
    // The tools leave what they loaded, and there is room for three objects.
    #expect(try await simulator.tool("tpm2_flushcontext", "-t").status == 0)
    let signed = try await simulator.tool(
      "tpm2_sign", "-c", "key.ctx", "-g", "sha256", "-s", "ecdsa", "-f", "plain", "-o", "signature", "message")
    #expect(signed.status == 0, "\(signed.text)")
    let info = try SubjectPublicKeyInfo(parsing: try #require(blob.publicArea.subjectPublicKeyInfo))
    #expect(
      info.isValidSignature(
        try simulator.bench.read("signature"), over: Self.message, algorithm: .ecdsaWithSHA256))
  }
}
