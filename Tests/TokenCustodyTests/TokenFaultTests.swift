import CPKCS11
import Foundation
import KeyCustody
import TestKit
import Testing
import TokenCustody

/// Real faults of a real token, and that nothing but the token's return is needed afterwards.
@Suite(.serialized) struct TokenFaultTests {
  @Test func aSignatureWaitsForATokenThatComesBack() async throws {
    try await TokenScene.with { scene in
      let signer = try await scene.key().signer
      try scene.token.fault("removed", true)
      async let signed = scene.signs(signer)
      #expect(try await scene.eventually { scene.pool.health.obstacle?.contains("CKR_DEVICE_REMOVED") == true })
      try scene.token.fault("removed", false)
      #expect(try await signed)
      #expect(try await scene.eventually { scene.pool.health.obstacle == nil })
    }
  }

  @Test func aTokenThatStaysAwayIsAClearErrorAndItsReturnIsSeen() async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      try scene.token.fault("removed", true)
      for _ in 0..<3 {
        guard case .unavailable(let why)? = await scene.obstacle(signer) else {
          return #expect(Bool(false), "it did not say that the token is away")
        }
        #expect(why.contains("CKR_DEVICE_REMOVED"))
      }
      try scene.token.fault("removed", false)
      #expect(try await scene.eventually { await scene.obstacle(signer) == nil })
      #expect(try await scene.signs(signer))
    }
  }

  /// SoftHSM itself loses its files, and finds them again only when it starts anew.
  @Test func aTokensDirectoryIsMovedAwayAndBack() async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      #expect(try await scene.signs(signer))
      try scene.token.carry(away: true)
      #expect(try await scene.eventually { await scene.obstacle(signer) != nil })
      try scene.token.carry(away: false)
      #expect(try await scene.eventually { await scene.obstacle(signer) == nil })
      #expect(try await scene.signs(signer))
    }
  }

  @Test func sessionsThatSomebodyClosedAreOpenedAnew() async throws {
    try await TokenScene.with { scene in
      let signer = try await scene.key().signer
      #expect(try await scene.signs(signer))
      for _ in 0..<5 {
        try scene.token.closeAllSessions()
        #expect(try await scene.signs(signer))
      }
      #expect(scene.pool.health.reconnections > 0)
    }
  }

  @Test func aWrongPINIsShownOnceUntilItsFileChanges() async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      let before = scene.token.logins
      try scene.token.folder.write(Array("000000".utf8), to: "pin")
      try scene.token.closeAllSessions()
      #expect(try await scene.eventually { await scene.obstacle(signer) != nil })
      for _ in 0..<5 {
        guard case .unavailable(let why)? = await scene.obstacle(signer) else {
          return #expect(Bool(false), "a refused PIN is no obstacle")
        }
        #expect(why.contains("refused the PIN"))
        #expect(!why.contains("000000"))
      }
      // Several probes later it is still the one try.
      try await Task.sleep(for: .milliseconds(1000))
      #expect(scene.token.logins == before + 1)
      try scene.token.folder.write(Array(SoftToken.pin.utf8), to: "pin")
      #expect(try await scene.eventually { await scene.obstacle(signer) == nil })
      #expect(scene.token.logins == before + 2)
    }
  }

  /// SoftHSM never locks; the module in front of it says so in its place.
  @Test(arguments: [("locked", "--init-pin"), ("final-try", "one try left")])
  func aLockedPINIsNeverTried(_ fault: String, _ words: String) async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      let before = scene.token.logins
      try scene.token.fault(fault, true)
      try scene.token.closeAllSessions()
      #expect(try await scene.eventually { await scene.obstacle(signer) != nil })
      guard case .unavailable(let why)? = await scene.obstacle(signer) else { return #expect(Bool(false), "it signed") }
      #expect(why.contains(words))
      #expect(scene.token.logins == before)
      try scene.token.fault(fault, false)
      #expect(try await scene.eventually { await scene.obstacle(signer) == nil })
    }
  }

  @Test func aCallThatDoesNotReturnHoldsNobodyLongerThanTheBound() async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      try scene.token.fault("hang", true)
      let refused = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 { group.addTask { await scene.obstacle(signer) != nil } }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(refused == 20)
      try scene.token.fault("hang", false)
      #expect(try await scene.eventually { await scene.obstacle(signer) == nil })
    }
  }

  @Test func aMissingPINFileAndAnOpenOneAreNamed() async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      try scene.token.folder.setMode(0o604, of: "pin")
      try scene.token.closeAllSessions()
      #expect(try await scene.eventually { scene.pool.health.obstacle?.contains("chmod") == true })
      try FileManager.default.removeItem(atPath: scene.token.pinFile)
      #expect(try await scene.eventually { scene.pool.health.obstacle?.contains("cannot be read") == true })
      try scene.token.folder.write(Array(SoftToken.pin.utf8), to: "pin")
      #expect(try await scene.eventually { await scene.obstacle(signer) == nil })
    }
  }

  @Test func anotherTokenInItsPlaceIsSeenAsOne() async throws {
    try await TokenScene.with(.milliseconds(400)) { scene in
      let signer = try await scene.key().signer
      try scene.token.carry(away: true)
      try await scene.token.run(
        "softhsm2-util",
        ["--init-token", "--free", "--label", "Issuing", "--so-pin", "314159", "--pin", SoftToken.pin])
      #expect(
        try await scene.eventually {
          guard case .unavailable(let why)? = await scene.obstacle(signer) else { return false }
          return why.contains("is it the right one?")
        })
      #expect(try await scene.signs(try await scene.key(named: "operational-2").signer))
    }
  }
}

extension SoftToken {
  /// What another user of the same module may do at any time.
  fileprivate func closeAllSessions() throws {
    typealias GetList = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?) -> CK_RV
    let library = try #require(dlopen(module, RTLD_NOW | RTLD_LOCAL))
    let get = unsafeBitCast(try #require(dlsym(library, "C_GetFunctionList")), to: GetList.self)
    var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
    #expect(get(&list) == 0)
    let functions = try #require(list).pointee
    var slots = [CK_SLOT_ID](repeating: 0, count: 16)
    var count = CK_ULONG(slots.count)
    #expect(functions.C_GetSlotList(1, &slots, &count) == 0)
    for slot in slots.prefix(Int(count)) { _ = functions.C_CloseAllSessions(slot) }
  }
}
