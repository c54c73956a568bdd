import Credentials
import Crypto
import DeviceClient
import Synchronization
import Testing
import WireFormats

/// Homes whose keys cannot leave them: a renewal goes on with the key that is there, while it is there.
@Suite struct KeptKeyTests {
  /// A home in memory, whose keys go when it is cleared.
  private final class Chip: DeviceKeyHome {
    private let number = Mutex(0)
    let name = "chip"
    let keepsKeys = true

    var made: Int { number.withLock { $0 } }
    private let clearedAt = Mutex(0)
    func clear() { clearedAt.withLock { $0 = made } }

    func makeKey(using random: inout some RandomNumberGenerator) throws -> any DeviceKey {
      let key = try SoftwareKeyHome().makeKey(using: &random)
      return Key(
        key: key,
        number: number.withLock {
          $0 += 1
          return $0
        }, chip: self)
    }

    func key(from stored: PEM) throws -> (any DeviceKey)? { nil }

    func holds(_ number: Int) -> Bool { number > clearedAt.withLock { $0 } }

    private struct Key: DeviceKey {
      let key: any DeviceKey
      let number: Int
      let chip: Chip
      var publicKey: SubjectPublicKeyInfo { key.publicKey }
      var home: String { chip.name }
      var storedForm: PEM { key.storedForm }

      func signature(over message: [UInt8]) throws -> [UInt8] {
        if let fault = fault() { throw fault }
        return try key.signature(over: message)
      }

      func fault() -> DeviceKeyFault? { chip.holds(number) ? nil : .gone("it was cleared") }
    }
  }

  @Test func aRenewalGoesOnWithTheKeyThatIsThere() throws {
    let chip = Chip()
    var scene = try ClientScene(keys: chip)
    try scene.enroll()
    #expect(scene.lastMessage?.keyHome == "chip")
    let first = try #require(scene.client.memory.identity)
    scene.restart(at: ClientScene.start + .days(115))
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.kept, "kept")
    #expect(scene.transcript.last == "kept -> send simplereenroll with certificate")
    scene.answer(200, [try scene.issued(at: scene.clock)])
    let second = try #require(scene.client.memory.identity)
    #expect(second.key.publicKey == first.key.publicKey && second.certificate != first.certificate)
    #expect(chip.made == 1 && scene.client.memory.pendingKey == nil)
  }

  @Test func aKeyThatIsGoneIsReplacedWithASecret() throws {
    let chip = Chip()
    var scene = try ClientScene(keys: chip)
    try scene.enroll()
    let first = try #require(scene.client.memory.identity)
    chip.clear()
    scene.give("neu")
    scene.restart()
    scene.answer(200, [scene.authority.certificate])
    #expect(scene.transcript.last == "200 -> keep")
    scene.tell(.kept, "kept")
    #expect(scene.transcript.last == "kept -> send simpleenroll with secret")
    scene.answer(200, [try scene.issued()])
    let second = try #require(scene.client.memory.identity)
    #expect(second.key.publicKey != first.key.publicKey && chip.made == 2)
  }

  /// Cleared between making the key and asking with it: the request's key is not asked for till the end of days.
  @Test func aPendingKeyThatIsGoneIsMadeAnew() throws {
    let chip = Chip()
    var scene = try ClientScene(keys: chip)
    scene.tell(.wake, "start")
    scene.answer(200, [scene.authority.certificate])
    chip.clear()
    scene.tell(.kept, "kept")
    #expect(scene.transcript.last == "kept -> rest noKey")
    #expect(scene.client.keyTrouble == "it was cleared")
    scene.restart()
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.kept, "kept")
    #expect(scene.transcript.last == "kept -> send simpleenroll with secret")
    #expect(chip.made == 2)
  }

  /// Another exchange than EST's brings the certificate; what it may be is judged as EST's is.
  @Test func aCertificateOfAnotherExchangeIsJudgedAsWell() throws {
    var scene = try ClientScene()
    scene.tell(.wake, "start")
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.kept, "kept")
    let stranger = try scene.authority.issue(
      "SN-1", key: SoftwareKeyHome().makeKey(using: &scene.random).publicKey, lifetime: .days(1), at: scene.clock)
    scene.tell(.issued(stranger), "issued")
    #expect(scene.transcript.last == "issued -> rest unanswered")
    scene.restart()
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.issued(try scene.issued()), "issued")
    #expect(scene.transcript.last == "issued -> keep")
    #expect(scene.client.memory.identity != nil && scene.client.memory.secret == nil)
  }
}
