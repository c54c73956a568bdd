extension TPMChannel {
  /// Hierarchies (TPM 2.0 Library part 2, §7.4).
  enum Hierarchy: UInt32 {
    case owner = 0x4000_0001
    case endorsement = 0x4000_000B
  }

  /// Makes a primary key, lends its handle, and flushes it.
  func withPrimary<Value>(
    _ template: [UInt8], in hierarchy: Hierarchy, authorization: [UInt8],
    _ body: (UInt32, TPMPublicArea) throws(TPMError) -> Value
  ) throws(TPMError) -> Value {
    var (handle, answer) = try execute(
      .createPrimary, handles: [hierarchy.rawValue], authorizations: [.init(value: authorization)],
      parameters: creation(template, authorization: []), returnsHandle: true)
    defer { flush(handle) }
    return try body(handle, TPMPublicArea(parsing: answer.readSized()))
  }

  /// inSensitive, inPublic, outsideInfo and creationPCR of Create and CreatePrimary.
  private func creation(_ template: [UInt8], authorization: [UInt8]) -> [UInt8] {
    var sensitive = TPMWriter()
    sensitive.putSized(authorization)
    sensitive.putSized([])
    var writer = TPMWriter()
    writer.putSized(sensitive.bytes)
    writer.putSized(template)
    writer.putSized([])
    writer.put32(0)
    return writer.bytes
  }

  func create(_ template: [UInt8], under parent: UInt32, authorization: [UInt8]) throws(TPMError) -> TPMKeyBlob {
    var (_, answer) = try execute(
      .create, handles: [parent], authorizations: [.init()],
      parameters: creation(template, authorization: authorization))
    let privatePart = try answer.readSized()
    return try TPMKeyBlob(publicArea: answer.readSized(), privatePart: privatePart)
  }

  /// Loads a blob, lends its handle, and flushes it; a persistent key is lent as it is.
  func with<Value>(
    _ key: TPMKey, owner: [UInt8], _ body: (UInt32) throws(TPMError) -> Value
  ) throws(TPMError) -> Value {
    switch key {
    case .persistent(let handle): return try body(handle)
    case .blob(let blob):
      // The parent is gone before the key is used: a TPM need not have room for more than three objects.
      let handle = try withPrimary(TPMTemplate.storagePrimary, in: .owner, authorization: owner) {
        (parent, _) throws(TPMError) in
        try execute(
          .load, handles: [parent], authorizations: [.init()], parameters: blob.privatePart + blob.publicPart,
          returnsHandle: true
        ).handle
      }
      defer { flush(handle) }
      return try body(handle)
    }
  }

  /// The public area and the Name.
  func readPublic(_ handle: UInt32) throws(TPMError) -> (area: TPMPublicArea, name: [UInt8]) {
    var (_, answer) = try execute(.readPublic, handles: [handle])
    let area = try TPMPublicArea(parsing: answer.readSized())
    return (area, try answer.readSized())
  }

  func evict(_ object: UInt32, to handle: UInt32, owner: [UInt8]) throws(TPMError) {
    var writer = TPMWriter()
    writer.put32(handle)
    _ = try execute(
      .evictControl, handles: [Hierarchy.owner.rawValue, object], authorizations: [.init(value: owner)],
      parameters: writer.bytes)
  }

  /// A handle that cannot be flushed is the resource manager's to clean up; there is nobody to tell.
  func flush(_ handle: UInt32) {
    var writer = TPMWriter()
    writer.put32(handle)
    _ = try? execute(.flushContext, parameters: writer.bytes)
  }
}
