import WireFormats

/// Reads acts on many.
public protocol BulkActReading {
  func bulkAct(_ id: BulkActID, in organization: OrganizationID) throws -> BulkActRecord?
  /// In the order of identifiers. `limit` is 1 or more.
  func bulkActs(after cursor: Cursor?, limit: Int, in organization: OrganizationID) throws -> Page<BulkActRecord>
  /// Those that are running, of any process.
  func runningBulkActs(in organization: OrganizationID) throws -> [BulkActID]
  /// In their order, after a position.
  func bulkMembers(
    of id: BulkActID, after position: Int, limit: Int, in organization: OrganizationID
  ) throws -> [BulkMember]
  /// Of the certificates that are members of the act, or that its devices have: those that are in one of these states,
  /// run on after `now` and may say that no revocation information will be available (RFC 9608 §2). How many, and when
  /// the last of them ends.
  ///
  /// - Parameter marker: The octets by which such a certificate is known.
  func unannounced(
    of id: BulkActID, among states: Set<CertificateRecord.Status>, marker: [UInt8], at now: Instant,
    in organization: OrganizationID
  ) throws -> (certificates: Int, until: Instant?)
  /// The acts that did something to this device.
  func bulkActs(touching device: DeviceID, in organization: OrganizationID) throws -> [BulkActID]
}

/// Writes acts on many.
public protocol BulkActWriting {
  /// Throws `StoreError.duplicate` when the identifier is taken.
  func insert(_ act: BulkActRecord) throws
  /// Throws `StoreError.missing`.
  func update(_ act: BulkActRecord) throws
  /// Makes the devices that match the members of the act, at most `most`; returns how many, and their digest.
  func choose(
    devices filter: DeviceFilter, upTo most: Int, for id: BulkActID, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8])
  /// As for devices.
  func choose(
    certificates filter: CertificateFilter, upTo most: Int, for id: BulkActID, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8])
  /// As for devices.
  func choose(
    grants selection: Selection, upTo most: Int, for id: BulkActID, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8])
  /// Of those that wait at `now`, as for devices.
  func choose(
    requests selection: Selection, upTo most: Int, for id: BulkActID, at now: Instant, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8])
  /// Notes why nothing was done to a member.
  func refuse(_ position: Int, of id: BulkActID, because reason: String, in organization: OrganizationID) throws
  /// Forgets acts that were prepared before `instant` and never started; returns how many.
  @discardableResult
  func deleteBulkActs(preparedBefore instant: Instant, in organization: OrganizationID) throws -> Int
}
