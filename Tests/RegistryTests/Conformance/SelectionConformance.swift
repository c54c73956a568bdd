import Registry
import Testing
import WireFormats

/// What selections select.
@Suite struct SelectionConformance {
  static let devices: [(String, [String])] = [
    ("product=pump", ["A-0", "A-2", "B-4"]), ("not product=pump", ["A-1", "B-3", "C-6"]),
    ("product!=pump", ["A-1", "B-3", "C-6"]), ("product=''", ["C-6"]),
    ("product!=''", ["A-0", "A-1", "A-2", "B-3", "B-4"]),
    ("product=pump and label.batch=42", ["A-0", "A-2"]), ("label.batch=42", ["A-0", "A-1", "A-2", "B-3"]),
    ("label.batch!=42", ["B-4", "C-6"]), ("label.batch=''", ["C-6"]),
    ("label.batch~4", ["A-0", "A-1", "A-2", "B-3", "B-4"]),
    ("not label.batch~4", ["C-6"]), ("label.batch in (43, 44)", ["B-4"]), ("label.batch>42", ["B-4"]),
    ("product=pump and label.batch=42 and overdue>2d", ["A-0"]), ("overdue", ["A-0", "A-2"]), ("overdue<2d", ["A-2"]),
    ("not overdue", ["A-1", "B-3", "B-4", "C-6"]), ("serial~A-", ["A-0", "A-1", "A-2"]), ("serial=A-1", ["A-1"]),
    ("serial in (A-1, C-6, X)", ["A-1", "C-6"]), ("serial>A-2 and serial<=B-4", ["B-3", "B-4"]),
    ("(serial=A-0 or serial=C-6) and not product=pump", ["C-6"]), ("state=suspended", ["A-1"]), ("lot=L3", ["B-3"]),
    ("kind=gateway", ["B-4"]), ("last_contact=never", ["C-6"]), ("last_contact>1d", ["A-0", "A-1"]),
    ("last_contact<1d", ["A-2", "B-3", "B-4"]), ("expires<1d", ["A-0", "A-1"]), ("expires=never", ["C-6"]),
    ("registered=2027-01-15", ["A-0", "A-1", "A-2", "B-3", "B-4", "C-6"]), ("registered<2027-01-15", []),
    ("registered>2027-01-14", ["A-0", "A-1", "A-2", "B-3", "B-4", "C-6"]), ("hardware_revision=B", ["A-1", "B-3"]),
    ("authority=operational-1", ["A-0"]), ("authority!=operational-1", ["A-1", "A-2", "B-3", "B-4", "C-6"]),
    ("profile=operational and serial~C", ["C-6"]), ("profile='drop table devices; --'", []),
  ]

  static func fill(_ writer: any StoreWriter) throws {
    let now = Sample.start
    for (index, serial) in ["A-0", "A-1", "A-2", "B-3", "B-4", "C-6"].enumerated() {
      var device = Sample.device(index, serial: serial)
      device.state = index == 1 ? .suspended : index == 5 ? .registered : .active
      device.product = index == 5 ? nil : index % 2 == 0 ? "pump" : "valve"
      device.hardwareRevision = index % 2 == 0 ? nil : index == 5 ? "C" : "B"
      device.lot = "L\(index)"
      device.kind = index == 4 ? .gateway : .device
      device.labels = index == 5 ? [:] : ["batch": index < 4 ? "42" : "43", "site": "n"]
      device.renewalDueAt = [now - .days(3), now - .days(3), now - .days(1), now + .days(1), nil, nil][index]
      device.lastContactAt = index == 5 ? nil : now - .hours(Int64(36 - index * 9))
      device.expiresAt = index == 5 ? nil : now + .hours(Int64(10 + index * 10))
      try writer.insert(device)
    }
    try writer.insert(Sample.certificate(1, device: Sample.deviceID(0)))
  }

  @Test(arguments: StoreKind.allCases)
  func `Devices`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try Self.fill($0) }
      for (text, wanted) in Self.devices {
        let selection = try Selection(parsing: text, of: .devices, at: Sample.start)
        let filter = DeviceFilter(selection: selection)
        #expect(try await Self.serials(filter, store).sorted() == wanted, "\(text)")
        #expect(
          try await store.read { try $0.countDevices(matching: filter, in: Sample.acme) } == wanted.count, "\(text)")
        // Page by page it is the same list, each once.
        #expect(try await Self.serials(filter, store, limit: 1).sorted() == wanted, "\(text), one at a time")
      }
    }
  }

  static func serials(_ filter: DeviceFilter, _ store: any Store, limit: Int = 100) async throws -> [String] {
    var (seen, cursor): ([String], Cursor?) = ([], nil)
    repeat {
      let page = try await store.read { [cursor] in
        try $0.devices(matching: filter, after: cursor, limit: limit, in: Sample.acme)
      }
      seen += page.items.map(\.serial)
      cursor = page.next
    } while cursor != nil && seen.count < 50
    return seen
  }

  @Test(arguments: StoreKind.allCases)
  func `Certificates, also by their devices`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 1...4 {
          var device = Sample.device(number, serial: "S-\(number)")
          device.product = number < 3 ? "pump" : "valve"
          device.labels = ["batch": "\(number)"]
          try writer.insert(device)
          try writer.insert(
            Sample.certificate(number, device: device.id, notAfter: Sample.start + .days(Int64(number))))
          try writer.insert(Sample.certificate(10 + number, device: device.id))
        }
        try writer.insert(Sample.certificate(30, notAfter: Sample.start - .days(1)))
        try writer.setStatus(
          .revoked, revokedAt: Sample.start, reason: .superseded, ofSerial: Sample.serial(2),
          authority: Sample.authority, in: Sample.acme)
      }
      let expected: [(String, [Int])] = [
        ("product=pump", [1, 11, 2, 12]), ("label.batch=3", [3, 13]), ("serial=S-4", [4, 14]),
        ("product=pump and status=good", [1, 11, 12]), ("status=revoked", [2]), ("status=expired", [30]),
        ("status!=good", [2, 30]), ("expires<60h and status=good", [1]), ("not product=pump", [3, 13, 4, 14, 30]),
        ("product!=''", [1, 11, 2, 12, 3, 13, 4, 14]), ("serial_number=010000000000000003", [3]),
        ("product=pump or label.batch=3", [1, 11, 2, 12, 3, 13]), ("door=est and product=valve", [3, 13, 4, 14]),
      ]
      for (text, wanted) in expected {
        let filter = CertificateFilter(selection: try Selection(parsing: text, of: .certificates, at: Sample.start))
        for limit in [100, 1] {
          var (seen, cursor): ([SerialText], Cursor?) = ([], nil)
          repeat {
            let page = try await store.read { [cursor] in
              try $0.certificates(matching: filter, after: cursor, limit: limit, in: Sample.acme)
            }
            seen += page.items.map(\.serial.description)
            cursor = page.next
          } while cursor != nil && seen.count < 50
          #expect(seen.sorted() == wanted.map { Sample.serial($0).description }.sorted(), "\(text), \(limit)")
        }
        #expect(
          try await store.read { try $0.countCertificates(matching: filter, in: Sample.acme) } == wanted.count)
      }
    }
  }

  private typealias SerialText = String

  @Test(arguments: StoreKind.allCases)
  func `Grants, and nobody else's`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.grant(uses: 1))
        try writer.insert(Sample.grant(Sample.id("line-4", GrantName.init(rawValue:)), in: Sample.other, uses: 1))
        try Self.fill(writer)
      }
      for (text, count) in [("lot=L7", 1), ("lot=L8", 0), ("name~line", 1), ("expires<2d", 1), ("revoked=never", 1)] {
        let selection = try Selection(parsing: text, of: .grants, at: Sample.start)
        let page = try await store.read { try $0.grants(matching: selection, after: nil, limit: 9, in: Sample.acme) }
        #expect(page.items.count == count, "\(text)")
      }
      let all = DeviceFilter(selection: try Selection(parsing: "label.batch=42", of: .devices, at: Sample.start))
      #expect(try await store.read { try $0.countDevices(matching: all, in: Sample.other) } == 0)
    }
  }
}
