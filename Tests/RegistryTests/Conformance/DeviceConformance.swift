import Registry
import Testing
import WireFormats

@Suite struct DeviceConformance {
  @Test(arguments: StoreKind.allCases)
  func `Every field comes back`(_ kind: StoreKind) async throws {
    var device = Sample.device(1, labels: ["site": "Köln \"north\"", "batch": "42"])
    device.manufacturer = "Widgets"
    device.kind = .gateway
    device.product = "pump"
    device.hardwareRevision = "B"
    device.lot = "L7"
    device.state = .suspended
    device.stateReason = "stolen"
    device.stateBy = "administrator:1"
    device.stateAt = Sample.start + .seconds(1)
    device.lastContactAt = Sample.start + .seconds(2)
    device.lastContactDoor = "est"
    device.renewalDueAt = Sample.start + .seconds(3)
    device.readmittedUntil = Sample.start + .seconds(4)
    device.replaces = Sample.deviceID(9)
    try await kind.withStore { [device] store in
      try await store.write { try $0.insert(device) }
      #expect(try await store.read { try $0.device(device.id, in: Sample.acme) } == device)
      #expect(
        try await store.read { try $0.device(serial: device.serial, manufacturer: "Widgets", in: Sample.acme) }
          == device)
      #expect(try await store.read { try $0.device(serial: device.serial, manufacturer: "", in: Sample.acme) } == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A serial is unique per manufacturer`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.device(1, serial: "A")) }
      var imported = Sample.device(2, serial: "A")
      imported.manufacturer = "Widgets"
      try await store.write { [imported] in try $0.insert(imported) }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Sample.device(3, serial: "A")) }
      }
      let found = try await store.read { try $0.devices(serial: "A", in: Sample.acme) }
      #expect(found.map(\.manufacturer) == ["", "Widgets"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Updates replace, also labels`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      var device = Sample.device(1, labels: ["site": "north"])
      try await store.write { [device] in try $0.insert(device) }
      device.labels = ["site": "south"]
      device.product = "pump"
      try await store.write { [device] in try $0.update(device) }
      let stored = try await store.read { try $0.device(Sample.deviceID(1), in: Sample.acme) }
      #expect(stored == device)
      #expect(try await serials(DeviceFilter(labels: ["site": "north"]), store).isEmpty)
      #expect(try await serials(DeviceFilter(labels: ["site": "south"]), store) == [device.serial])
      await #expect(throws: StoreError.missing("device")) {
        try await store.write { try $0.update(Sample.device(2)) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `First contact makes a registered device active and no other`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let (now, due) = (Sample.start + .hours(1), Sample.start + .days(3))
      var suspended = Sample.device(2)
      suspended.state = .suspended
      try await store.write { [suspended] writer in
        try writer.insert(Sample.device(1))
        try writer.insert(suspended)
        for number in 1...2 {
          try writer.recordContact(
            of: Sample.deviceID(number), at: now, door: "est", renewalDueAt: due, expiresAt: nil, in: Sample.acme)
        }
        try writer.recordContact(
          of: Sample.deviceID(1), at: now + .seconds(1), door: "rest", renewalDueAt: nil, expiresAt: nil,
          in: Sample.acme)
      }
      let first = try await store.read { try $0.device(Sample.deviceID(1), in: Sample.acme) }
      #expect(first?.state == .active && first?.stateAt == now && first?.renewalDueAt == due)
      #expect(first?.lastContactAt == now + .seconds(1) && first?.lastContactDoor == "rest")
      let second = try await store.read { try $0.device(Sample.deviceID(2), in: Sample.acme) }
      #expect(second?.state == .suspended && second?.stateAt == nil)
      await #expect(throws: StoreError.missing("device")) {
        try await store.write {
          try $0.recordContact(
            of: Sample.deviceID(3), at: now, door: "est", renewalDueAt: nil, expiresAt: nil, in: Sample.acme)
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Filters combine`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 0..<6 {
          var device = Sample.device(number, serial: "\(number < 3 ? "A" : "B")-\(number)")
          device.state = number == 1 ? .suspended : .active
          device.product = number % 2 == 0 ? "pump" : "valve"
          device.lot = "L\(number)"
          device.kind = number == 5 ? .gateway : .device
          device.labels = ["batch": number < 4 ? "42" : "43", "site": "n"]
          device.renewalDueAt = number == 0 ? nil : Sample.start + .days(Int64(number))
          try writer.insert(device)
        }
      }
      let expected: [(DeviceFilter, [String])] = [
        (DeviceFilter(), ["A-0", "A-1", "A-2", "B-3", "B-4", "B-5"]),
        (DeviceFilter(serial: "A-1"), ["A-1"]), (DeviceFilter(serial: "A"), []),
        (DeviceFilter(serialPrefix: "A-"), ["A-0", "A-1", "A-2"]), (DeviceFilter(serialPrefix: "%"), []),
        (DeviceFilter(state: .suspended), ["A-1"]), (DeviceFilter(product: "pump"), ["A-0", "A-2", "B-4"]),
        (DeviceFilter(kind: .gateway), ["B-5"]), (DeviceFilter(lot: "L3"), ["B-3"]),
        (DeviceFilter(manufacturer: "x"), []),
        (
          DeviceFilter(profile: Sample.profile, product: "pump", labels: ["batch": "42", "site": "n"]), ["A-0", "A-2"]
        ),
        (DeviceFilter(renewalDueBefore: Sample.start + .days(3)), ["A-1", "A-2"]),
      ]
      for (filter, wanted) in expected {
        #expect(try await serials(filter, store) == wanted)
        #expect(try await store.read { try $0.countDevices(matching: filter, in: Sample.acme) } == wanted.count)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Paging shows each device once while others are added`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 0..<25 { try writer.insert(Sample.device(number, serial: "S-\(100 + number * 2)")) }
      }
      var (seen, cursor, pages): ([String], Cursor?, Int) = ([], nil, 0)
      repeat {
        let page = try await store.read { [cursor] in
          try $0.devices(matching: DeviceFilter(), after: cursor, limit: 4, in: Sample.acme)
        }
        seen += page.items.map(\.serial)
        cursor = page.next
        pages += 1
        try await store.write { [pages] in
          try $0.insert(Sample.device(100 + pages, serial: "S-\(101 + pages * 2)"))
          try $0.insert(Sample.device(200 + pages, serial: "R-\(pages)"))
        }
      } while cursor != nil && pages < 50
      #expect(Set(seen).count == seen.count)
      #expect(Set(seen).isSuperset(of: (0..<25).map { "S-\(100 + $0 * 2)" }))
      #expect(seen == seen.sorted())
    }
  }

  @Test(arguments: ["", "zz", "41", "41.42.43", "41.ff", "é"])
  func `A foreign cursor is refused`(_ text: String) async throws {
    try await StoreKind.sqlite.withStore { store in
      await #expect(throws: StoreError.invalidCursor) {
        try await store.read {
          _ = try $0.devices(
            matching: DeviceFilter(), after: Cursor(rawValue: text), limit: 1, in: Sample.acme)
        }
      }
    }
  }

  private func serials(_ filter: DeviceFilter, _ store: any Store) async throws -> [String] {
    try await store.read {
      try $0.devices(matching: filter, after: nil, limit: 100, in: Sample.acme).items.map(\.serial)
    }
  }
}
