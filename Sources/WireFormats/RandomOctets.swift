extension [UInt8] {
  /// Octets of the system's random source, good for keys. Eight at a draw: on Linux each draw is a system call.
  public static func random(count: Int) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return self.random(count: count, using: &random)
  }

  public static func random(count: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(Swift.max(count, 0))
    while octets.count < count {
      var bits: UInt64 = random.next()
      for _ in 0..<Swift.min(8, count - octets.count) {
        octets.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
      }
    }
    return octets
  }
}
