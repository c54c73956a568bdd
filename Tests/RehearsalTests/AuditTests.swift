import DeviceClient
import Foundation
import GRDB
import Rehearsal
import Testing

/// The rehearsal can fail: its audit finds what is planted.
@Suite struct AuditTests {
  private static func rehearsed(_ body: (Rehearsal) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/touchmark-rehearsal-\(UUID().uuidString)"
    let rehearsal = try await Rehearsal(Rehearsal.Options(devices: 24, folder: folder))
    do {
      try await rehearsal.firstDay()
      try await body(rehearsal)
    } catch {
      await rehearsal.end()
      throw error
    }
    await rehearsal.end()
  }

  @Test func aGoodWorldHasNoFindings() async throws {
    try await Self.rehearsed { rehearsal in
      #expect(rehearsal.failures.isEmpty)
      let findings = try await rehearsal.audit()
      #expect(findings.isEmpty)
    }
  }

  @Test(arguments: PlantedFault.all) func aPlantedFaultIsFound(_ fault: PlantedFault) async throws {
    try await Self.rehearsed { rehearsal in
      try rehearsal.store.withWriterConnection { try $0.execute(sql: fault.sql) }
      let changed = try rehearsal.store.withWriterConnection { $0.changesCount }
      #expect(changed > 0, "nothing was planted")
      let findings = try await rehearsal.audit()
      #expect(findings.contains { $0.kind == fault.expected }, "\(findings)")
    }
  }

  @Test func aDeviceThatForgotItsCertificateIsLost() async throws {
    try await Self.rehearsed { rehearsal in
      let serial = "RH-00000003"
      var memory = try rehearsal.flash.load(3, serial: serial)
      memory.identity = nil
      try rehearsal.flash.store(memory, of: 3)
      let findings = try await rehearsal.audit()
      #expect(findings.map(\.description) == ["deviceLost: \(serial) holds no certificate"])
    }
  }
}
