/// A key as it lies outside of the TPM that made it: readable by that one alone, until it is cleared.
///
/// The two parts are what tpm2-tools call `-u` and `-r`: TPM2B_PUBLIC and TPM2B_PRIVATE.
public struct TPMKeyBlob: Sendable, Hashable {
  /// TPM2B_PUBLIC.
  public let publicPart: [UInt8]
  /// TPM2B_PRIVATE, encrypted by the TPM.
  public let privatePart: [UInt8]
  public let publicArea: TPMPublicArea

  init(publicArea: [UInt8], privatePart: [UInt8]) throws(TPMError) {
    var (outer, inner) = (TPMWriter(), TPMWriter())
    outer.putSized(publicArea)
    inner.putSized(privatePart)
    (self.publicPart, self.privatePart) = (outer.bytes, inner.bytes)
    self.publicArea = try TPMPublicArea(parsing: publicArea)
  }

  /// One part after the other: what is kept in a file.
  public var encoded: [UInt8] { publicPart + privatePart }

  public init(parsing encoded: [UInt8]) throws(TPMError) {
    guard encoded.count <= TPMLimits.message else { throw .malformed }
    var reader = TPMReader(encoded)
    let (publicArea, privatePart) = (try reader.readSized(), try reader.readSized())
    try reader.finish()
    try self.init(publicArea: publicArea, privatePart: privatePart)
  }
}

/// Where a key is.
public enum TPMKey: Sendable, Hashable {
  case blob(TPMKeyBlob)
  /// Under a persistent handle, 0x81000000 and up.
  case persistent(UInt32)
}
