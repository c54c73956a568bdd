import Attestation
import Issuance
import Registry

/// A TPM that enrolled here by its own exchange, whose attestation key made a statement over ACME.
///
/// The certificate of that attestation key says nothing of which TPM it is in; that it is the key that was bound to a
/// TPM by TPM2_ActivateCredential does.
struct EnrolledTPM: Sendable {
  private let record: DeviceTPMRecord

  /// Nil for a statement that no TPM made, or one that is unknown here.
  static func find(
    _ authorization: ACMEAuthorizationRecord, in reader: any StoreReader, of organization: OrganizationID
  ) throws -> EnrolledTPM? {
    guard let attesting = authorization.attestingKeyHash else { return nil }
    for device in try reader.devices(serial: authorization.identifier.name, in: organization) {
      guard let record = try reader.deviceTPM(of: device.id, in: organization),
        try AttestationKey(publicArea: record.attestationKey).publicKey.keyHash == attesting
      else { continue }
      return EnrolledTPM(record: record)
    }
    return nil
  }

  /// As if the TPM's own exchange had shown it; whose TPM it is, is looked at again when the certificate is recorded.
  func residence(of keyHash: [UInt8]) -> KeyResidence {
    KeyResidence(
      keyHash: keyHash, endorsementKeyHash: record.endorsementKeyHash, attestationKey: record.attestationKey,
      manufacturer: record.manufacturer)
  }
}
