import Registry
import Testing
import WireFormats

@Suite struct TransactionConformance {
  struct Refused: Error, Equatable { let number: Int }

  @Test(arguments: StoreKind.allCases)
  func `A throw undoes its own body alone and is thrown on`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
        for number in 0..<200 {
          group.addTask {
            do {
              let answer = try await store.write { writer in
                try writer.insert(Sample.device(number, labels: ["n": "\(number)"]))
                if number % 4 == 1 { throw Refused(number: number) }
                try writer.insert(Sample.certificate(number, device: Sample.deviceID(number)))
                if number % 4 == 2 { try writer.insert(Sample.device(number)) }
                return number
              }
              return (number, answer == number)
            } catch let refused as Refused {
              return (number, refused.number != number)
            } catch StoreError.duplicate {
              return (number, number % 4 != 2)
            } catch {
              return (number, true)  // wrong: shows as persisted
            }
          }
        }
        return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
      }
      #expect(outcomes.filter(\.value).keys.sorted() == (0..<200).filter { $0 % 4 == 0 || $0 % 4 == 3 })
      let (devices, certificates, labelled) = try await store.read { reader in
        (
          try reader.devices(matching: DeviceFilter(), after: nil, limit: 500, in: Sample.acme).items.map(\.id),
          try reader.certificates(matching: CertificateFilter(), after: nil, limit: 500, in: Sample.acme).items
            .compactMap(\.device),
          try reader.countDevices(matching: DeviceFilter(labels: ["n": "1"]), in: Sample.acme)
        )
      }
      let expected = Set((0..<200).filter { $0 % 4 == 0 || $0 % 4 == 3 }.map(Sample.deviceID))
      #expect(Set(devices) == expected && devices.count == 100)
      #expect(Set(certificates) == expected && certificates.count == 100)
      #expect(labelled == 0)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A body reads what it wrote, and a later read sees it`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      for number in 0..<50 {
        let within = try await store.write { writer in
          try writer.insert(Sample.device(number))
          return try writer.device(Sample.deviceID(number), in: Sample.acme) != nil
        }
        #expect(within)
        #expect(try await store.read { try $0.device(Sample.deviceID(number), in: Sample.acme) } != nil)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A read is one snapshot`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<40 {
          group.addTask {
            try await store.write { writer in
              try writer.insert(Sample.device(number))
              try writer.insert(Sample.certificate(number))
            }
          }
          group.addTask {
            let (before, between) = try await store.read { reader in
              (
                try reader.countDevices(matching: DeviceFilter(), in: Sample.acme),
                try reader.countCertificates(matching: CertificateFilter(), in: Sample.acme)
              )
            }
            #expect(before == between)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Two bodies for one secret in one commit: one wins`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.device(1))
        try writer.insert(Sample.secret("s", of: Sample.deviceID(1)), in: Sample.acme)
      }
      let wins = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<50 {
          group.addTask {
            let written: Void? = try? await store.write { writer in
              try writer.insert(Sample.certificate(number))
              try writer.useEnrollmentSecret(
                of: Sample.deviceID(1), hash: Sample.hash("s"), keyHash: Sample.hash("\(number)"),
                authority: Sample.authority, certificate: Sample.serial(number), at: Sample.start, in: Sample.acme)
            }
            return written != nil
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(wins == 1)
      let count = try await store.read { try $0.countCertificates(matching: CertificateFilter(), in: Sample.acme) }
      #expect(count == 1)
    }
  }
}
