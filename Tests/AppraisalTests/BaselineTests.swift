import Appraisal
import Attestation
import Issuance
import Registry
import TestKit
import Testing

/// What devices should run, and who says so.
@Suite struct BaselineTests {
  private let value = [UInt8](repeating: 1, count: 32)

  @Test func addingMergingRemoving() async throws {
    let scene = try await RunningScene()
    let values = ReferenceValues(registers: [.sha256: [0: [value]]])
    try await scene.run(BaselineService().add(values, product: "gw", firmwareVersion: "1.0", merging: false))
    let again = await #expect(throws: Refusal.self) {
      try await scene.run(BaselineService().add(values, product: "gw", firmwareVersion: "1.0", merging: false))
    }
    #expect(again?.code == .conflict && again?.hint?.contains("--merge") == true)
    let other = ReferenceValues(registers: [.sha256: [0: [[UInt8](repeating: 2, count: 32)], 1: [value]]])
    let merged = try await scene.run(
      BaselineService().add(other, product: "gw", firmwareVersion: "1.0", merging: true))
    let read = try ReferenceValues(stored: merged.document)
    #expect(read.registers[.sha256]?[0]?.count == 2 && read.registers[.sha256]?[1]?.count == 1)
    try await scene.run(BaselineService().remove(product: "gw", firmwareVersion: "1.0"))
    let gone = await #expect(throws: Refusal.self) {
      try await scene.run(BaselineService().remove(product: "gw", firmwareVersion: "1.0"))
    }
    #expect(gone?.code == .notFound)
    let acts = try await scene.entries("baseline.add")
    #expect(acts.map(\.outcome) == ["ok", "refused", "ok"] && acts.first?.details["registers"] == "sha256:0")
    for (product, version) in [("gw", ""), ("gw", "a b"), ("g\u{1B}w", "1"), (String(repeating: "g", count: 129), "1")]
    {
      await #expect(throws: Refusal.self) {
        try await scene.run(BaselineService().add(values, product: product, firmwareVersion: version, merging: false))
      }
    }
  }

  @Test func learningWantsEvidenceThatAgreesWithItself() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    func learn(_ version: String? = nil) async -> Refusal? {
      await #expect(throws: Refusal.self) {
        try await scene.run(
          BaselineService().learn(
            from: DeviceReference(serial: "GW-1"), firmwareVersion: version, merging: false))
      }
    }
    #expect(await learn()?.reason == "the device has not attested yet")
    _ = try await scene.attest(device) { $0.version = nil }
    #expect(await learn()?.hint == "name it with --firmware")
    var boot = Boot()
    boot.events.removeFirst()
    _ = try await scene.attest(device) { $0.log = boot.log }
    #expect(await learn()?.reason == "the device's event log does not give the value of PCR 0")
    try await scene.learn(device)
    let learned = try await scene.read { try $0.baselines(in: $1) }
    #expect(learned.count == 1 && learned.first?.learnedFrom != nil)
  }

  @Test func documentsAreReadOnceAndBounded() throws {
    let hex = String(repeating: "ab", count: 32)
    let read = try ReferenceValues(registers: ["sha256": ["7": "\(hex) \(hex.uppercased())"]], events: [:])
    #expect(read.registers[.sha256]?[7]?.count == 1)
    #expect(try ReferenceValues(stored: read.stored) == read)
    let bad: [[String: [String: String]]] = [
      [:], ["sha1": ["0": hex]], ["md5": ["0": hex]], ["sha256": ["24": hex]], ["sha256": ["-1": hex]],
      ["sha256": ["07": hex]], ["sha256": ["x": hex]], ["sha256": ["0": "ab"]], ["sha256": ["0": ""]],
      ["sha256": ["0": hex + "zz"]],
      [
        "sha256": [
          "0": (0...16).map { String(repeating: "0\($0 % 10)", count: 31) + ($0 < 10 ? "aa" : "bb") }.joined(
            separator: " ")
        ]
      ],
    ]
    for registers in bad {
      #expect(throws: ReferenceValues.Malformed.self) { try ReferenceValues(registers: registers, events: [:]) }
    }
    #expect(throws: ReferenceValues.Malformed.self) { try ReferenceValues(stored: "{") }
  }
}
