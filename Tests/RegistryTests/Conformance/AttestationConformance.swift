import Registry
import Testing
import WireFormats

/// What running devices attested, and what they should.
@Suite struct AttestationConformance {
  @Test(arguments: StoreKind.allCases)
  func `What is kept of a device is bounded by status`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let failed = Sample.attestation(1)
      try await store.write { writer in
        try writer.insert(failed, in: Sample.acme)
        for number in 2...(AttestationRecord.kept + 4) {
          try writer.insert(
            Sample.attestation(number, status: .trusted, consequence: .none), in: Sample.acme)
        }
        try writer.insert(Sample.attestation(900, of: 2), in: Sample.acme)
      }
      let kept = try await store.read { try $0.attestations(of: Sample.deviceID(1), limit: 999, in: Sample.acme) }
      #expect(kept.count == AttestationRecord.kept + 1 && kept.last == failed)
      #expect(kept.filter { $0.eventLog != nil }.count == AttestationRecord.keptLogs + 1)
      #expect(kept.allSatisfy { $0.eventLogHash != nil })
      let found = try await store.read { reader in
        (
          try reader.countConsequences(.suspended, since: Sample.start, in: Sample.acme),
          try reader.countConsequences(.suspended, since: Sample.start + .seconds(1), in: Sample.acme),
          try reader.countAttestations(of: Sample.deviceID(1), since: Sample.start + .seconds(26), in: Sample.acme)
        )
      }
      #expect(found == (2, 1, 2))
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(failed, in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Standings are listed and counted`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let due = Sample.start + .hours(1)
      let standings = [
        Sample.standing(of: Sample.attestation(1, of: 1)),
        Sample.standing(of: Sample.attestation(2, of: 2, status: .trusted), dueAt: due),
        Sample.standing(of: Sample.attestation(3, of: 3, status: .warning), dueAt: due + .hours(1)),
      ]
      try await store.write { writer in
        for number in 1...3 {
          var device = Sample.device(number)
          device.state = number == 3 ? .suspended : .active
          try writer.insert(device)
        }
        for standing in standings { try writer.put(standing, in: Sample.acme) }
      }
      func list(_ status: AttestationRecord.Status? = nil, _ overdueAt: Instant? = nil) async throws
        -> [AttestationStanding]
      {
        var (items, cursor): ([AttestationStanding], Cursor?) = ([], nil)
        repeat {
          let page = try await store.read { [cursor] in
            try $0.attestationStandings(
              status: status, overdueAt: overdueAt, after: cursor, limit: 1, in: Sample.acme)
          }
          items += page.items
          cursor = page.next
        } while cursor != nil
        return items
      }
      #expect(try await list() == standings)
      #expect(try await list(.trusted) == [standings[1]])
      #expect(try await list(nil, due + .seconds(1)) == [standings[1]])
      let counts = try await store.read { try $0.attestationCounts(at: due + .days(1), upTo: 9, in: Sample.acme) }
      #expect((counts.trusted, counts.warning, counts.failed, counts.overdue) == (1, 0, 1, 1))
      #expect(counts.failedSerials == [Sample.device(1).serial])
      try await store.write { try $0.removeAttestationStanding(of: Sample.deviceID(1), in: Sample.acme) }
      #expect(try await list().count == 2)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A TPM is released and what it showed is noted once`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let residence = Sample.residence("key", of: 1)
      try await store.write { writer in
        try writer.pin(Sample.tpm("ek", of: 1), in: Sample.acme)
        try writer.note(residence, in: Sample.acme)
        try writer.note(residence, in: Sample.acme)
        try writer.unpinTPM(of: Sample.deviceID(1), in: Sample.acme)
      }
      let found = try await store.read { reader in
        (
          try reader.deviceTPM(of: Sample.deviceID(1), in: Sample.acme),
          try reader.keyResidence(keyHash: residence.keyHash, in: Sample.acme)
        )
      }
      #expect(found.0 == nil && found.1 == residence)
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.unpinTPM(of: Sample.deviceID(1), in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `The newest exchanges of one beginning stay`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let end = Sample.start + .hours(1)
      let left = try await store.write { writer in
        for number in 0..<5 {
          var transaction = Sample.transaction([7, UInt8(number)], state: [], until: end)
          transaction.createdAt = Sample.start + .seconds(Int64(number))
          try writer.insert(transaction, now: Sample.start, in: Sample.acme)
        }
        try writer.insert(Sample.transaction([8], state: [], until: end), now: Sample.start, in: Sample.acme)
        try writer.trimProtocolTransactions(door: "scep", prefix: [7], to: 2, in: Sample.acme)
        return try (0..<5).filter {
          try writer.protocolTransaction(
            door: "scep", identifier: [7, UInt8($0)], now: Sample.start, in: Sample.acme) != nil
        }
      }
      #expect(left == [3, 4])
      let counts = try await store.read { reader in
        try [[7], [8], [9]].map {
          try reader.countProtocolTransactions(door: "scep", prefix: $0, now: Sample.start, in: Sample.acme)
        }
      }
      #expect(counts == [2, 1, 0])
    }
  }
}
