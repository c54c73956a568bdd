import AuditLog
import Crypto
import TestKit
import Testing

/// Against RFC 6962 §2.1 written down as it reads, for all sizes from 0 to 130.
@Suite struct MerkleProofTests {
  static let leaves: [[UInt8]] = (0..<130).map { Array(SHA256.hash(data: [UInt8($0)])) }
  static let roots: [[UInt8]] = (0...130).map { naiveRoot(leaves[..<$0]) }

  /// MTH(D[n]) of RFC 6962 §2.1, with nothing kept.
  static func naiveRoot(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    guard leaves.count > 1 else {
      return leaves.first.map { Array(SHA256.hash(data: [0] + $0)) } ?? Array(SHA256.hash(data: [UInt8]()))
    }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let (left, right) = (naiveRoot(leaves.prefix(split)), naiveRoot(leaves.dropFirst(split)))
    return Array(SHA256.hash(data: [1] + left + right))
  }

  @Test func frontierGivesEveryRoot() {
    var frontier = MerkleFrontier()
    #expect(frontier.root == Self.roots[0])
    for (index, leaf) in Self.leaves.enumerated() {
      frontier.append(leaf)
      #expect(frontier.size == UInt64(index + 1))
      #expect(frontier.root == Self.roots[index + 1])
    }
  }

  @Test func frontierSurvivesItsEncoding() throws {
    var frontier = MerkleFrontier()
    for leaf in Self.leaves {
      frontier.append(leaf)
      frontier = try #require(MerkleFrontier(decoding: frontier.encoded))
    }
    #expect(frontier.root == Self.roots[130])
    #expect(MerkleFrontier(decoding: MerkleFrontier().encoded)?.root == Self.roots[0])
    for count in 0..<frontier.encoded.count { #expect(MerkleFrontier(decoding: frontier.encoded.prefix(count)) == nil) }
    #expect(MerkleFrontier(decoding: frontier.encoded + [0]) == nil)
    #expect(MerkleFrontier(decoding: [UInt8](repeating: 0xFF, count: 8)) == nil)
  }

  @Test(arguments: 0...130) func everyInclusion(_ size: Int) throws {
    let leaves = Array(Self.leaves.prefix(size))
    for index in 0..<size {
      let path = try #require(MerkleProof.inclusion(of: index, in: leaves))
      #expect(verifies(index, size, Self.roots[size], path))
      #expect(!verifies((index + 1) % size, size, Self.roots[size], path) || size == 1)
      #expect(!verifies(index, size, Self.roots[size - 1], path))
      #expect(!verifies(index, size, Self.roots[size], path + [Self.leaves[0]]))
      if !path.isEmpty { #expect(!verifies(index, size, Self.roots[size], path.dropLast())) }
    }
    #expect(MerkleProof.inclusion(of: size, in: leaves) == nil)
    #expect(MerkleProof.inclusion(of: -1, in: leaves) == nil)
  }

  private func verifies(_ index: Int, _ size: Int, _ root: [UInt8], _ path: [[UInt8]]) -> Bool {
    MerkleProof.isIncluded(Self.leaves[index], at: UInt64(index), size: UInt64(size), root: root, path: path)
  }

  @Test(arguments: 0...130) func everyConsistency(_ size: Int) throws {
    let leaves = Array(Self.leaves.prefix(size))
    for first in 0...size {
      let path = try #require(MerkleProof.consistency(from: first, in: leaves))
      #expect(continues(first, Self.roots[first], size, Self.roots[size], path))
      #expect(!continues(first, Self.leaves[0], size, Self.roots[size], path))
      if first > 0 || first == size { #expect(!continues(first, Self.roots[first], size, Self.leaves[0], path)) }
      #expect(!continues(first, Self.roots[first], size, Self.roots[size], path + [Self.leaves[0]]))
      if !path.isEmpty { #expect(!continues(first, Self.roots[first], size, Self.roots[size], path.dropLast())) }
    }
    #expect(MerkleProof.consistency(from: size + 1, in: leaves) == nil)
    #expect(MerkleProof.consistency(from: -1, in: leaves) == nil)
    #expect(!continues(size + 1, Self.roots[size], size, Self.roots[size], []))
  }

  private func continues(
    _ first: Int, _ old: [UInt8], _ second: Int, _ new: [UInt8], _ path: [[UInt8]]
  ) -> Bool {
    MerkleProof.isConsistent(from: (UInt64(first), old), to: (UInt64(second), new), path: path)
  }

  /// Numbers and paths from outside must not trap.
  @Test(arguments: [0, 1, 2, .max / 2, .max - 1, .max] as [UInt64]) func extremesAreRefused(_ number: UInt64) {
    var random = SeededRandom(seed: number)
    for count in [0, 1, 63, 64, 65, 200] {
      let path = (0..<count).map { _ in random.octets(32) }
      let root = random.octets(32)
      #expect(!MerkleProof.isIncluded([], at: number, size: .max, root: root, path: path))
      #expect(!MerkleProof.isIncluded([], at: 0, size: number, root: root, path: path))
      #expect(!MerkleProof.isConsistent(from: (number, root), to: (.max, random.octets(32)), path: path))
      #expect(!MerkleProof.isIncluded([], at: 0, size: 1, root: root, path: [[1]]))
    }
  }
}
