import KeyCustody
import TestKit
import Testing

@Suite struct SecretBytesTests {
  @Test func holdsWhatItWasGiven() {
    let secret = SecretBytes(copying: [1, 2, 3])
    #expect(secret.count == 3)
    #expect(secret.withBytes { Array($0) } == [1, 2, 3])
    #expect(SecretBytes(copying: []).isEmpty)
  }

  @Test func takingWipesTheOriginal() {
    var octets: [UInt8] = [1, 2, 3]
    let secret = SecretBytes(taking: &octets)
    #expect(octets.isEmpty)
    #expect(secret.withBytes { Array($0) } == [1, 2, 3])
  }

  @Test func isNeverShown() {
    let secret = SecretBytes(copying: Array("hunter2".utf8))
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\(UnsealingSecret.passphrase(secret))"] {
      #expect(!text.contains("hunter2"))
      #expect(!text.contains("104"))
      #expect(text.contains("7 octets"))
    }
  }

  @Test func comparison() {
    #expect(SecretBytes(copying: [1, 2]) == SecretBytes(copying: [1, 2]))
    #expect(SecretBytes(copying: [1, 2]) != SecretBytes(copying: [1, 3]))
    #expect(SecretBytes(copying: [1, 2]) != SecretBytes(copying: [1]))
  }

  @Test func randomDiffers() {
    let (first, second) = (SecretBytes.random(count: 32), SecretBytes.random(count: 32))
    #expect(first.count == 32)
    #expect(first != second)
    #expect(SecretBytes.random(count: -1).isEmpty)
  }

  /// Every position and every bit counts, at both ends, whatever the kinds of collection.
  @Test func constantTimeComparison() {
    var random = SeededRandom(seed: 3)
    let octets = random.octets(33)
    #expect(ConstantTime.areEqual(octets, octets[...]))
    #expect(ConstantTime.areEqual([], [UInt8]()))
    #expect(!ConstantTime.areEqual(octets, octets.dropLast()))
    for index in octets.indices {
      for bit in 0..<8 {
        var other = octets
        other[index] ^= 1 << UInt8(bit)
        #expect(!ConstantTime.areEqual(octets, other))
      }
    }
  }
}
