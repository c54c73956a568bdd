import WireFormats

/// Copies of a DER value that are changed in their structure and written with lengths that are right again: what gets past
/// a parser, and to the code that decides. The same ones each time.
public struct DERMutations: Sequence, IteratorProtocol {
  private let root: Node
  private var left: Int
  private var random: SeededRandom

  /// - Parameter sample: DER; a sample that is none yields nothing.
  public init(of sample: [UInt8], count: Int, seed: UInt64 = 0x5EED) {
    let parsed = Node(sample)
    root = parsed ?? Node(tag: 5, content: .octets([]))
    left = parsed == nil ? 0 : count
    random = SeededRandom(seed: seed)
  }

  public mutating func next() -> [UInt8]? {
    guard left > 0 else { return nil }
    left -= 1
    var copy = root
    for _ in 0...Int.random(in: 0...1, using: &random) {
      copy.change(at: Int.random(in: 0..<copy.size, using: &random), &random)
    }
    return copy.encoded
  }

  private struct Node {
    enum Content {
      case octets([UInt8])
      case nodes([Node])
    }

    var tag: UInt8
    var content: Content

    init(tag: UInt8, content: Content) { (self.tag, self.content) = (tag, content) }

    init?(_ octets: [UInt8]) {
      var reader = DERReader(octets)
      guard let element = try? reader.read(), reader.isAtEnd else { return nil }
      self.init(element)
    }

    private init(_ element: DERElement) {
      tag = element.tag
      guard element.tag & 0x20 != 0 else {
        content = .octets(Array(element.content))
        return
      }
      var (reader, nodes) = (element.reader, [Node]())
      while let child = try? reader.read() { nodes.append(Node(child)) }
      content = .nodes(nodes)
    }

    var encoded: [UInt8] {
      let inside: [UInt8] =
        switch content {
        case .octets(let octets): octets
        case .nodes(let nodes): nodes.flatMap(\.encoded)
        }
      return DERWriter.build {
        $0.header(tag, length: inside.count)
        $0.raw(inside)
      }
    }

    /// With itself.
    var size: Int {
      guard case .nodes(let nodes) = content else { return 1 }
      return nodes.reduce(1) { $0 + $1.size }
    }

    mutating func change(at index: Int, _ random: inout SeededRandom) {
      guard index > 0, case .nodes(var nodes) = content else { return changeHere(&random) }
      var rest = index - 1
      for place in nodes.indices {
        if rest < nodes[place].size {
          nodes[place].change(at: rest, &random)
          break
        }
        rest -= nodes[place].size
      }
      content = .nodes(nodes)
    }

    private mutating func changeHere(_ random: inout SeededRandom) {
      switch content {
      case .octets(let octets): changeOctets(octets, &random)
      case .nodes(let nodes): changeNodes(nodes, &random)
      }
    }

    private mutating func changeOctets(_ octets: [UInt8], _ random: inout SeededRandom) {
      var changed = octets
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where !changed.isEmpty:
        changed[Int.random(in: changed.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: changed.append(UInt8.random(in: .min ... .max, using: &random))
      case 2: changed = Array(changed.dropLast())
      case 3: changed = []
      case 4: changed += changed
      default: tag = [1, 2, 3, 4, 5, 6, 12, 19, 22, 0x80, 0x82, 0x87].randomElement(using: &random) ?? 4
      }
      content = .octets(changed)
    }

    private mutating func changeNodes(_ nodes: [Node], _ random: inout SeededRandom) {
      var changed = nodes
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where !changed.isEmpty: changed.remove(at: Int.random(in: changed.indices, using: &random))
      case 1 where !changed.isEmpty:
        let place = Int.random(in: changed.indices, using: &random)
        changed.insert(changed[place], at: place)
      case 2: changed.shuffle(using: &random)
      case 3: changed = []
      case 4: changed = [Node(tag: 0x30, content: .nodes(changed))]
      default: tag = [0x30, 0x31, 0xA0, 0xA1, 0xA3].randomElement(using: &random) ?? 0x30
      }
      content = .nodes(changed)
    }
  }
}
