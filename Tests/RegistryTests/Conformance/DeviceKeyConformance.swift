import Registry
import Testing
import WireFormats

/// Keys that are known before their device asks.
@Suite struct DeviceKeyConformance {
  private static func key(_ number: Int, of device: Int = 1) -> DeviceKeyRecord {
    DeviceKeyRecord(
      device: Sample.deviceID(device), keyHash: Sample.hash("key \(number)"), signer: number == 2 ? "ab" : nil,
      addedAt: Sample.start + .seconds(Int64(number)), addedBy: "administrator:1")
  }

  @Test(arguments: StoreKind.allCases)
  func `A key has one device, and is used once`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Self.key(1), in: Sample.acme)
        try writer.insert(Self.key(2), in: Sample.acme)
        try writer.insert(Self.key(1, of: 7), in: Sample.other)
      }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Self.key(1, of: 2), in: Sample.acme) }
      }
      try await store.write { writer in
        try writer.useDeviceKey(
          hash: Sample.hash("key 1"), authority: Sample.authority, certificate: Sample.serial(5),
          at: Sample.start + .days(1), in: Sample.acme)
      }
      await #expect(throws: StoreError.conflict("the key was used")) {
        try await store.write { writer in
          try writer.useDeviceKey(
            hash: Sample.hash("key 1"), authority: Sample.authority, certificate: Sample.serial(6),
            at: Sample.start + .days(2), in: Sample.acme)
        }
      }
      await #expect(throws: StoreError.missing("key")) {
        try await store.write { writer in
          try writer.useDeviceKey(
            hash: Sample.hash("key 9"), authority: Sample.authority, certificate: Sample.serial(6), at: Sample.start,
            in: Sample.acme)
        }
      }
      var used = Self.key(1)
      (used.usedAt, used.usedAuthority) = (Sample.start + .days(1), Sample.authority)
      used.usedCertificate = Sample.serial(5)
      try await store.read { [used] reader throws in
        #expect(try reader.deviceKeys(of: Sample.deviceID(1), in: Sample.acme) == [used, Self.key(2)])
        #expect(try reader.deviceKey(hash: Sample.hash("key 1"), in: Sample.other) == Self.key(1, of: 7))
        #expect(try reader.deviceKey(hash: Sample.hash("key 2"), in: Sample.other) == nil)
      }
    }
  }
}
