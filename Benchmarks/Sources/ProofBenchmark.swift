import AuditLog
import Foundation
import Registry
import WireFormats

/// What a proof of a long log costs: appends so many entries to a new store, and proves inclusion and consistency at random.
enum ProofBenchmark {
  private static let proofs = 200
  private static let together = 10_000

  static func run(count: Int) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/touchmark-proofs-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try SQLiteStore(path: folder + "/touchmark.sqlite")
    let organization = try await fill(store, count)
    let size = UInt64(count)
    let inclusion = try await times {
      let index = UInt64.random(in: 0..<size)
      return try await store.read { reader in
        try MerkleProof.inclusion(of: index, size: size) { try reader.auditRoot(of: $0, in: organization) } != nil
      }
    }
    let consistency = try await times {
      let from = UInt64.random(in: 1..<size)
      return try await store.read { reader in
        try MerkleProof.consistency(from: from, size: size) { try reader.auditRoot(of: $0, in: organization) } != nil
      }
    }
    print("| proof in a log of \(count) entries, of \(proofs) | median | p99 |\n|---|---|---|")
    report("inclusion", inclusion)
    report("consistency", consistency)
    await store.close()
  }

  private static func fill(_ store: SQLiteStore, _ count: Int) async throws -> OrganizationID {
    var random = SystemRandomNumberGenerator()
    let start = Instant(seconds: 1_800_000_000)
    let organization = OrganizationRecord(
      id: OrganizationID(random: &random), name: "Example Works", createdAt: start, auditEpoch: 1)
    try await store.write { try $0.insert(organization) }
    let clock = ContinuousClock()
    let began = clock.now
    for first in stride(from: 0, to: count, by: together) {
      try await store.write { writer in
        for number in first..<min(first + together, count) {
          try writer.append(
            AuditEntry(
              at: start + .seconds(Int64(number)), actor: "device:\(number)", door: "est", act: "certificate.renew",
              subject: "device:\(number)", outcome: "ok", reason: nil, details: ["serial_number": "\(number)"]),
            in: organization.id)
        }
      }
    }
    print("\(count) entries were appended in \(clock.now - began), \(together) a transaction\n")
    return organization.id
  }

  private static func times(_ prove: () async throws -> Bool) async throws -> [Duration] {
    let clock = ContinuousClock()
    var times: [Duration] = []
    for _ in 0..<proofs {
      let began = clock.now
      guard try await prove() else { Benchmark.fail("a proof could not be made") }
      times.append(clock.now - began)
    }
    return times.sorted()
  }

  private static func report(_ name: String, _ times: [Duration]) {
    func text(_ share: Double) -> String {
      let time = times[min(times.count - 1, Int(Double(times.count) * share))]
      return time.formatted(.units(allowed: [.milliseconds], fractionalPart: .show(length: 2)))
    }
    print("| \(name) | \(text(0.5)) | \(text(0.99)) |")
  }
}
