import Credentials
import Foundation
import KeyCustody
import PKCS11
import TestKit
import Testing
import TokenCustody

@Suite(.serialized) struct TokenTests {
  @Test func everyKindOfKeySignsWhatOthersVerify() async throws {
    try await TokenScene.with { scene in
      for algorithm in [KeyAlgorithm.p256, .p384, .rsa2048] {
        let held = try await scene.key(algorithm, named: "key-\(algorithm.rawValue.lowercased())")
        #expect(held.signer.publicKey.algorithm == algorithm)
        #expect(try await scene.signs(held.signer))
        guard algorithm.isRSA else { continue }
        let uri = try PKCS11URI(parsing: held.name)
        let publicKey = held.signer.publicKey
        for way in [SignatureAlgorithm.rsaPSSWithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512] {
          let signer = TokenSigner(uri, publicKey: publicKey, algorithm: way, on: scene.pool)
          #expect(try await scene.signs(signer), "\(way)")
        }
      }
    }
  }

  /// What the mechanism list offers decides: a token without Edwards curves says so in words.
  @Test func edwardsKeysAreMadeWhereTheTokenOffersThem() async throws {
    try await TokenScene.with { scene in
      let listed = try await scene.token.run(
        "pkcs11-tool", ["--module", scene.token.folder.path + "/softhsm.so", "--list-mechanisms"])
      if listed.contains("EDDSA") {
        #expect(try await scene.signs(try await scene.key(.ed25519).signer))
      } else {
        let error = await #expect(throws: CustodyError.self) { try await scene.key(.ed25519) }
        #expect(error?.description.contains("does not offer CKM_EC_EDWARDS_KEY_PAIR_GEN") == true)
      }
    }
  }

  @Test func anotherProgramSeesThatTheKeyNeverLeaves() async throws {
    try await TokenScene.with { scene in
      _ = try await scene.key()
      let seen = try await scene.token.objects()
      #expect(seen.contains("sensitive, always sensitive, never extractable, local"))
      #expect(!seen.contains("Access:     extractable"))
    }
  }

  @Test func keysAreFoundAgainAndNeverWrittenOver() async throws {
    try await TokenScene.with { scene in
      let made = try await scene.key()
      let found = try await scene.keys.findAuthorityKey("operational-1", publicKey: made.signer.publicKey)
      #expect(found?.name == made.name)
      let again = try scene.keys.authorityKey(named: made.name, publicKey: made.signer.publicKey)
      #expect(try await scene.signs(try #require(again)))
      #expect(try await scene.keys.findAuthorityKey("operational-2", publicKey: made.signer.publicKey) == nil)
      await #expect(throws: CustodyError.self) { try await scene.key() }
    }
  }

  @Test func aCallerChoosesAmongTokensAndBringsNone() async throws {
    try await TokenScene.with { scene in
      for uri in ["pkcs11:token=Other", "pkcs11:token=Issuing?module-path=/tmp/mine.so", "pkcs11:"] {
        await #expect(throws: CustodyError.self) {
          try await scene.keys.makeAuthorityKey("operational-9", algorithm: .p256, in: .token(uri))
        }
      }
      let made = try await scene.keys.makeAuthorityKey(
        "operational-9", algorithm: .p256, in: .token("pkcs11:token=Issuing"))
      #expect(TokenKeyName.isToken(made.name))
    }
  }

  @Test func manySignAtOnceOnAFewSessions() async throws {
    try await TokenScene.with { scene in
      let signer = try await scene.key().signer
      let good = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<200 { group.addTask { (try? await scene.signs(signer)) == true } }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(good == 200)
      #expect(scene.pool.health.sessions <= 4)
      #expect(scene.pool.health.signatures == 200)
    }
  }

  @Test func anotherKeyUnderTheSameNameIsNotUsed() async throws {
    try await TokenScene.with { scene in
      let (one, two) = (try await scene.key(), try await scene.key(named: "operational-2"))
      let wrong = TokenSigner(try PKCS11URI(parsing: one.name), publicKey: two.signer.publicKey, on: scene.pool)
      guard case .unavailable(let why)? = await scene.obstacle(wrong) else { return #expect(Bool(false), "it signed") }
      #expect(why.contains("not the one of the authority's certificate"))
      #expect(try await scene.signs(two.signer))
    }
  }
}
