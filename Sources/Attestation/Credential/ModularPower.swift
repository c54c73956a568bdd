/// A base to a public exponent modulo an odd number: RSAEP (RFC 8017 §5.1.1), which the cryptography library offers with
/// paddings of its own alone.
///
/// By Montgomery's multiplication, in limbs of 32 bits, lowest first. The base is a secret of one use; which limbs are
/// touched and which branches are taken depends on the modulus' length and the exponent, never on it.
struct ModularPower {
  private let modulus: [UInt32]
  /// -1 / modulus mod 2^32.
  private let inverse: UInt32
  /// R² mod modulus, R being 2^32 to the count of limbs.
  private let square: [UInt32]
  private let octets: Int

  /// - Parameter modulus: Odd, without leading zeros; nil for another.
  init?(modulus octets: [UInt8]) {
    guard let last = octets.last, last & 1 == 1, octets.first != 0, octets.count % 4 == 0, octets.count <= 1024 else {
      return nil
    }
    self.octets = octets.count
    modulus = Self.limbs(octets)
    var inverse: UInt32 = 1
    // Newton: each step doubles the bits that are right.
    for _ in 0..<5 { inverse = inverse &* (2 &- modulus[0] &* inverse) }
    self.inverse = 0 &- inverse
    var square = [UInt32](repeating: 0, count: modulus.count)
    square[0] = 1
    for _ in 0..<64 * modulus.count { square = Self.doubled(square, modulus) }
    self.square = square
  }

  /// - Parameter base: Big endian, as long as the modulus, and less than it.
  func power(_ base: [UInt8], _ exponent: UInt64) -> [UInt8]? {
    guard base.count == octets, exponent > 0 else { return nil }
    let start = multiply(Self.limbs(base), square)
    var result = start
    for bit in (0..<64 - exponent.leadingZeroBitCount - 1).reversed() {
      result = multiply(result, result)
      if exponent >> UInt64(bit) & 1 == 1 { result = multiply(result, start) }
    }
    var one = [UInt32](repeating: 0, count: modulus.count)
    one[0] = 1
    return Self.octets(multiply(result, one))
  }

  /// left · right / R mod modulus.
  private func multiply(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    let count = modulus.count
    var sum = [UInt32](repeating: 0, count: count + 2)
    for limb in left {
      var carry: UInt64 = 0
      for index in 0..<count {
        let value = UInt64(sum[index]) + UInt64(limb) * UInt64(right[index]) + carry
        (sum[index], carry) = (UInt32(truncatingIfNeeded: value), value >> 32)
      }
      var top = UInt64(sum[count]) + carry
      (sum[count], sum[count + 1]) = (UInt32(truncatingIfNeeded: top), UInt32(truncatingIfNeeded: top >> 32))
      let factor = UInt64(sum[0] &* inverse)
      carry = (UInt64(sum[0]) + factor * UInt64(modulus[0])) >> 32
      for index in 1..<count {
        let value = UInt64(sum[index]) + factor * UInt64(modulus[index]) + carry
        (sum[index - 1], carry) = (UInt32(truncatingIfNeeded: value), value >> 32)
      }
      top = UInt64(sum[count]) + carry
      sum[count - 1] = UInt32(truncatingIfNeeded: top)
      sum[count] = sum[count + 1] &+ UInt32(truncatingIfNeeded: top >> 32)
    }
    return Self.reduced(Array(sum.prefix(count)), carry: sum[count], modulus)
  }

  private static func doubled(_ value: [UInt32], _ modulus: [UInt32]) -> [UInt32] {
    var result = value
    var carry: UInt32 = 0
    for index in result.indices {
      (result[index], carry) = (result[index] << 1 | carry, result[index] >> 31)
    }
    return reduced(result, carry: carry, modulus)
  }

  /// Subtracts the modulus once where the value is not less, without a branch on the value.
  private static func reduced(_ value: [UInt32], carry: UInt32, _ modulus: [UInt32]) -> [UInt32] {
    var difference = value
    var borrow: UInt64 = 0
    for index in value.indices {
      let step = UInt64(value[index]) &- UInt64(modulus[index]) &- borrow
      (difference[index], borrow) = (UInt32(truncatingIfNeeded: step), step >> 63)
    }
    let keep = 0 &- (UInt32(truncatingIfNeeded: borrow) & (1 &- carry))
    return zip(value, difference).map { $0 & keep | $1 & ~keep }
  }

  private static func limbs(_ octets: [UInt8]) -> [UInt32] {
    stride(from: octets.count - 4, through: 0, by: -4).map { start in
      octets[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  private static func octets(_ limbs: [UInt32]) -> [UInt8] {
    limbs.reversed().flatMap { limb in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: limb >> UInt32($0)) } }
  }
}
