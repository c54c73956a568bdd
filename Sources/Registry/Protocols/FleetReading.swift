import WireFormats

/// Reads the counts of a whole fleet, each at the cost of few pages.
public protocol FleetReading {
  /// Kept by the store with every change; a state that nobody is in may be absent.
  func deviceCounts(in organization: OrganizationID) throws -> [DeviceRecord.State: Int]
  /// Active devices whose renewal was due before `instant`, counted up to `most`.
  func countDevices(
    overdueAt instant: Instant, upTo most: Int, in organization: OrganizationID
  ) throws -> Tally
  /// Active devices whose last certificate ends in `range`, counted up to `most`.
  func countDevices(
    expiringIn range: Range<Instant>, upTo most: Int, in organization: OrganizationID
  ) throws -> Tally
  /// What the log says was done and refused since about `instant`: whole periods of ten minutes.
  func activity(since instant: Instant, in organization: OrganizationID) throws -> [ActivityCount]
  /// The latest list of each authority that has one.
  func revocationListTimes(in organization: OrganizationID) throws -> [RevocationListTimes]
  /// Devices that match, by state, product and profile. Reads all of them.
  func groups(of filter: DeviceFilter, in organization: OrganizationID) throws -> [DeviceGroup]
  /// Octets of the store.
  func storeSize() throws -> Int64
}
