/// Small damage to octets, as files and messages suffer it.
public enum Mutation {
  /// One to three of: a flipped bit, a changed octet, a cut end, a removed, repeated or inserted piece.
  public static func mutate(_ octets: [UInt8], using random: inout some RandomNumberGenerator) -> [UInt8] {
    var mutated = octets
    for _ in 0..<Int.random(in: 1...3, using: &random) { once(&mutated, using: &random) }
    return mutated
  }

  private static func once(_ octets: inout [UInt8], using random: inout some RandomNumberGenerator) {
    guard !octets.isEmpty else { return octets.append(UInt8.random(in: .min ... .max, using: &random)) }
    let place = Int.random(in: 0..<octets.count, using: &random)
    let end = min(octets.count, place + Int.random(in: 1...16, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: octets[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: octets[place] = UInt8.random(in: .min ... .max, using: &random)
    case 2: octets.removeSubrange(place...)
    case 3: octets.removeSubrange(place..<end)
    case 4: octets.insert(contentsOf: octets[place..<end], at: place)
    default: octets.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
    }
  }
}
