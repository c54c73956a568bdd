/// Finds RSA moduli made by the flawed library of CVE-2017-15361, which sits in many TPMs and smart cards of devices.
///
/// Such primes are 65537^a mod M plus a multiple of M, so the modulus modulo each small prime that divides M lies in
/// the subgroup that 65537 generates. A modulus made otherwise passes all of these tests with a chance under 2^-27.
enum ROCA {
  private static let primes: [UInt32] = [
    11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
  ]

  /// For each prime, which remainders lie in the subgroup.
  private static let subgroups: [[Bool]] = primes.map { prime in
    var members = [Bool](repeating: false, count: Int(prime))
    var power: UInt32 = 1
    while !members[Int(power)] {
      members[Int(power)] = true
      power = power * (65_537 % prime) % prime
    }
    return members
  }

  static func matches(_ modulus: ArraySlice<UInt8>) -> Bool {
    for (prime, members) in zip(primes, subgroups) {
      let remainder = modulus.reduce(UInt32(0)) { ($0 << 8 | UInt32($1)) % prime }
      guard members[Int(remainder)] else { return false }
    }
    return true
  }
}
