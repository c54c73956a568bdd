/// A device's TPM 2.0 as the home of its key. Every call runs on a thread of its own, one after the other.
///
/// Keys are made under the storage primary key, which is made anew from its template each time, so that nothing but the
/// key's blob, or a persistent handle, has to be kept.
///
/// Authorization values travel to the TPM as they are: they protect a key from programs without them, not from whoever
/// listens on the wires between processor and TPM.
public struct TPM: Sendable {
  /// Of the hierarchies; empty on most devices.
  public struct Hierarchies: Sendable {
    public var owner: [UInt8]
    public var endorsement: [UInt8]

    public init(owner: [UInt8] = [], endorsement: [UInt8] = []) {
      (self.owner, self.endorsement) = (owner, endorsement)
    }
  }

  /// What Linux' own resource manager is called: several programs share the TPM through it.
  public static let standard = "device:/dev/tpmrm0"

  private let worker: TPMWorker
  private let hierarchies: Hierarchies

  /// Opens nothing yet: without a TPM, the first call throws `unavailable`.
  ///
  /// - Parameter configuration: As tpm2-tools take it with `-T`, for example `swtpm:host=127.0.0.1,port=2321`.
  public init(_ configuration: String = TPM.standard, hierarchies: Hierarchies = Hierarchies()) {
    worker = TPMWorker { () throws(TPMError) in try TCTITransport(configuration) }
    self.hierarchies = hierarchies
  }

  /// What a new key is for.
  public enum Role: Sendable, Hashable {
    /// A device's own key: signs what it is given.
    case signing
    /// Signs what the TPM says of itself and of its keys, and nothing else.
    case attestation
  }

  /// Makes a P-256 key that cannot leave this TPM.
  ///
  /// - Parameter authorization: What its use will ask for, empty for nothing. At most 32 octets, and random ones: the TPM does
  ///   not count wrong guesses at it.
  public func createKey(_ role: Role, authorization: [UInt8] = []) async throws(TPMError) -> TPMKeyBlob {
    let template = role == .signing ? TPMTemplate.signing : TPMTemplate.attestation
    let owner = hierarchies.owner
    return try await worker.run { (channel) throws(TPMError) in
      try channel.withPrimary(TPMTemplate.storagePrimary, in: .owner, authorization: owner) {
        (parent, _) throws(TPMError) in
        try channel.create(template, under: parent, authorization: authorization)
      }
    }
  }

  /// The key's public area and its Name, by which it is bound in attestations.
  public func readPublic(_ key: TPMKey) async throws(TPMError) -> (area: TPMPublicArea, name: [UInt8]) {
    try await use(key) { (channel, handle) throws(TPMError) in try channel.readPublic(handle) }
  }

  /// Puts a key under a persistent handle, so that it is there after a restart without its blob.
  ///
  /// - Parameter handle: 0x81000000 to 0x817FFFFF, the owner's range.
  public func persist(_ key: TPMKeyBlob, at handle: UInt32) async throws(TPMError) -> TPMKey {
    let owner = hierarchies.owner
    try await use(.blob(key)) { (channel, loaded) throws(TPMError) in
      try channel.evict(loaded, to: handle, owner: owner)
    }
    return .persistent(handle)
  }

  /// Takes a key from its persistent handle. Its blob, if it was kept, can still be used.
  public func forget(persistent handle: UInt32) async throws(TPMError) {
    let owner = hierarchies.owner
    try await worker.run { (channel) throws(TPMError) in try channel.evict(handle, to: handle, owner: owner) }
  }

  /// - Parameter digest: SHA-256 of the message.
  public func sign(digest: [UInt8], with key: TPMKey, authorization: [UInt8] = []) async throws(TPMError)
    -> TPMSignature
  {
    try await use(key) { (channel, handle) throws(TPMError) in
      try channel.sign(digest, with: handle, authorization: authorization)
    }
  }

  /// The registers' values, SHA-256 bank.
  public func readPCRs(_ selection: PCRSelection) async throws(TPMError) -> [Int: [UInt8]] {
    try await worker.run { (channel) throws(TPMError) in try channel.readPCRs(selection) }
  }

  func use<Value: Sendable>(
    _ key: TPMKey, _ body: @escaping @Sendable (TPMChannel, UInt32) throws(TPMError) -> Value
  ) async throws(TPMError) -> Value {
    let owner = hierarchies.owner
    return try await worker.run { (channel) throws(TPMError) in
      try channel.with(key, owner: owner) { (handle) throws(TPMError) in try body(channel, handle) }
    }
  }

  func run<Value: Sendable>(
    _ body: @escaping @Sendable (TPMChannel, Hierarchies) throws(TPMError) -> Value
  ) async throws(TPMError) -> Value {
    let hierarchies = hierarchies
    return try await worker.run { (channel) throws(TPMError) in try body(channel, hierarchies) }
  }
}
