/// Damaged copies of a sample, the same ones each time: what a parser must refuse or read, and never trap on.
public struct Mutations: Sequence, IteratorProtocol {
  private let sample: [UInt8]
  private var left: Int
  private var state: UInt64

  public init(of sample: [UInt8], count: Int, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) {
    (self.sample, left, state) = (sample, count, seed)
  }

  public mutating func next() -> [UInt8]? {
    guard left > 0, !sample.isEmpty else { return nil }
    left -= 1
    var copy = sample
    for _ in 0...draw(3) { damage(&copy) }
    return copy
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let index = draw(bytes.count)
    switch draw(6) {
    case 0: bytes[index] ^= 1 << UInt8(draw(8))
    case 1: bytes[index] = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x84, 0xFF, 0x30][draw(8)]
    case 2: bytes.removeSubrange(index..<Swift.min(index + 1 + draw(8), bytes.count))
    case 3: bytes.insert(UInt8(truncatingIfNeeded: draw(256)), at: index)
    case 4: bytes = Array(bytes.prefix(index))
    default: bytes.insert(contentsOf: bytes[index..<Swift.min(index + 1 + draw(32), bytes.count)], at: index)
    }
  }

  /// xorshift64*.
  private mutating func draw(_ bound: Int) -> Int {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % Swift.max(bound, 1)
  }
}
