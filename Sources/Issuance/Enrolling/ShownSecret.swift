import Registry

/// A name and a secret, looked at before what they are for: where a door does work for whoever shows one.
public enum ShownSecret {
  /// - Throws: `unauthenticated` when they belong to no device and no grant here. Whether they still give a right is
  ///   decided when it is used.
  public static func check(
    name: String, secret: [UInt8], in reader: any StoreReader, of organization: OrganizationID
  ) throws {
    guard name.utf8.count <= 128, (1...128).contains(secret.count) else { throw Resolver.wrongSecret }
    if let grantName = GrantName(rawValue: name), let grant = try reader.grant(grantName, in: organization),
      EnrollmentSecret.matches(secret, hash: grant.secretHash)
    {
      return
    }
    let hash = EnrollmentSecret.hash(secret)
    for device in try reader.devices(serial: name, in: organization)
    where try reader.enrollmentSecret(of: device.id, hash: hash, in: organization) != nil {
      return
    }
    throw Resolver.wrongSecret
  }
}
