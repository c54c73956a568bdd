import Registry
import Testing
import WireFormats

/// Requests as members, and what verifiers accept of the members' certificates.
@Suite struct BulkMemberConformance {
  @Test(arguments: StoreKind.allCases)
  func `Of requests those that wait are chosen, and nobody else's`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let selection = try Selection(parsing: "serial~SN-", of: .requests, at: Sample.start)
      let (members, digest) = try await store.write { writer in
        for number in 1...4 {
          var request = Sample.pending(number)
          if number == 4 { request.expiresAt = Sample.start }
          try writer.insert(request)
        }
        try writer.insert(Sample.pending(5, in: Sample.other))
        try writer.decidePendingRequest(
          Sample.pending(2).id, as: .denied, by: "operator:ann", reason: nil, at: Sample.start,
          expiresAt: Sample.start + .days(1), in: Sample.acme)
        try writer.insert(BulkActConformance.act())
        return try writer.choose(
          requests: selection, upTo: 9, for: BulkActConformance.id, at: Sample.start, in: Sample.acme)
      }
      #expect(members == 2 && digest == Sample.hash("request-1\nrequest-3\n"))
      let read = try await store.read {
        try $0.bulkMembers(of: BulkActConformance.id, after: 0, limit: 9, in: Sample.acme)
      }
      #expect(read.map(\.subject) == [1, 3].map { .request(Sample.pending($0).id) })
    }
  }

  /// RFC 9608 §2, of devices' certificates and of certificates that are members themselves.
  @Test(arguments: StoreKind.allCases)
  func `Certificates that say that no revocation is to be had are counted`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let (marker, end) = ([UInt8]([0x06, 0x03, 0x55, 0x1D, 0x38]), Sample.start + .days(9))
      let found = try await store.write { writer in
        try writer.insert(Sample.device(1))
        for number in 1...4 {
          var record = Sample.certificate(
            number, device: Sample.deviceID(1), notAfter: number == 3 ? Sample.start : end)
          // The first says nothing; the third has ended, and the fourth is revoked.
          if number > 1 { record.encoded += marker + [5, 0] }
          if number == 4 { (record.status, record.revokedAt, record.reason) = (.revoked, Sample.start, .superseded) }
          try writer.insert(record)
        }
        let devices = BulkActConformance.act()
        let certificates = BulkActConformance.act(Sample.id("act-2", BulkActID.init(rawValue:)))
        for act in [devices, certificates] { try writer.insert(act) }
        _ = try writer.choose(devices: DeviceFilter(), upTo: 9, for: devices.id, in: Sample.acme)
        _ = try writer.choose(certificates: CertificateFilter(), upTo: 9, for: certificates.id, in: Sample.acme)
        return try [devices, certificates].map { act in
          let now = Sample.start + .days(1)
          return try writer.unannounced(of: act.id, among: [.good, .held], marker: marker, at: now, in: Sample.acme)
        }
      }
      #expect(found.map(\.certificates) == [1, 1] && found.map(\.until) == [end, end])
    }
  }
}
