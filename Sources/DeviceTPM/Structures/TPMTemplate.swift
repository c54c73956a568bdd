/// Public areas that keys are made from.
enum TPMTemplate {
  /// The storage primary key on P-256 by the template that key files name by their parent 0x40000001: H-2 of the EK Credential
  /// Profile (2.5, §B.4.5), whose unique fields are empty. The same template gives the same key, so that it need not be kept.
  static let storagePrimary = curve(
    [.fixedTPM, .fixedParent, .sensitiveDataOrigin, .userWithAuth, .noDA, .restricted, .decrypt], isStorage: true)

  /// TCG EK Credential Profile 2.5, template L-1 (RSA 2048), whose certificate is at NV index 0x01C00002.
  static let endorsementRSA: [UInt8] = {
    var writer = endorsementHead(TPMAlgorithm.rsa)
    writer.put16(2048)
    writer.put32(0)
    writer.putSized([UInt8](repeating: 0, count: 256))
    return writer.bytes
  }()

  /// Template L-2 (P-256), whose certificate is at NV index 0x01C0000A.
  static let endorsementP256: [UInt8] = {
    var writer = endorsementHead(TPMAlgorithm.ecc)
    writer.put16(TPMAlgorithm.p256)
    writer.put16(TPMAlgorithm.null)
    writer.putSized([UInt8](repeating: 0, count: 32))
    writer.putSized([UInt8](repeating: 0, count: 32))
    return writer.bytes
  }()

  /// A device's key.
  static let signing = curve(own([.sign]), isStorage: false)

  /// An attestation key: restricted, so that it signs what the TPM itself says and nothing that looks like it.
  static let attestation = curve(own([.restricted, .sign]), isStorage: false, hasScheme: true)

  /// noDA: with dictionary attack protection, each power cut after the key was used counts as a wrong guess (TPM 2.0 Library
  /// part 1, §19.8.6), and a few of them lock a device out of its own key. Authorization values are therefore long and random.
  private static func own(_ use: TPMPublicArea.Attributes) -> TPMPublicArea.Attributes {
    use.union([.fixedTPM, .fixedParent, .sensitiveDataOrigin, .userWithAuth, .noDA])
  }

  private static func curve(
    _ attributes: TPMPublicArea.Attributes, isStorage: Bool, hasScheme: Bool = false
  ) -> [UInt8] {
    var writer = TPMWriter()
    writer.put16(TPMAlgorithm.ecc)
    writer.put16(TPMAlgorithm.sha256)
    writer.put32(attributes.rawValue)
    writer.putSized([])
    if isStorage { putAES(&writer) } else { writer.put16(TPMAlgorithm.null) }
    if hasScheme {
      writer.put16(TPMAlgorithm.ecdsa)
      writer.put16(TPMAlgorithm.sha256)
    } else {
      writer.put16(TPMAlgorithm.null)
    }
    writer.put16(TPMAlgorithm.p256)
    writer.put16(TPMAlgorithm.null)
    writer.putSized([])
    writer.putSized([])
    return writer.bytes
  }

  private static func putAES(_ writer: inout TPMWriter) {
    writer.put16(TPMAlgorithm.aes)
    writer.put16(128)
    writer.put16(TPMAlgorithm.cfb)
  }

  /// EK Credential Profile 2.5 §B.3.3: usable only with PolicySecret of the endorsement hierarchy.
  private static let endorsementPolicy: [UInt8] = [
    0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xB3, 0xF8, 0x1A, 0x90, 0xCC, 0x8D, 0x46, 0xA5, 0xD7, 0x24, 0xFD, 0x52, 0xD7,
    0x6E,
    0x06, 0x52, 0x0B, 0x64, 0xF2, 0xA1, 0xDA, 0x1B, 0x33, 0x14, 0x69, 0xAA,
  ]

  private static func endorsementHead(_ type: UInt16) -> TPMWriter {
    let attributes: TPMPublicArea.Attributes = [
      .fixedTPM, .fixedParent, .sensitiveDataOrigin, .adminWithPolicy, .restricted, .decrypt,
    ]
    var writer = TPMWriter()
    writer.put16(type)
    writer.put16(TPMAlgorithm.sha256)
    writer.put32(attributes.rawValue)
    writer.putSized(endorsementPolicy)
    putAES(&writer)
    writer.put16(TPMAlgorithm.null)
    return writer
  }
}
