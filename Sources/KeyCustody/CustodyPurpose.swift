/// What a key is sealed for. The purpose is authenticated with the key, so that one cannot stand in for another.
public enum CustodyPurpose {
  /// A root's or an issuing authority's key.
  public static let authority = "authority"
  /// The key of the server's own certificate. It is the one purpose whose private octets leave custody, since the TLS
  /// library wants them.
  public static let serverTLS = "server-tls"
  /// The Ed25519 key that signs the audit log's checkpoints.
  public static let auditLog = "audit-log"
  /// The Ed25519 key that signs what is sent to systems outside.
  public static let webhook = "webhook"
  /// The Ed25519 key that signs what an installation asks of a root.
  public static let rootRequests = "root-requests"
  /// The key that signs what devices' attestations came to.
  public static let attestationResults = "attestation-results"
  /// The key under which secrets lie in the store that a door must know to check a MAC.
  public static let macSecrets = "mac-secrets"
  /// The key under which the store holds what ACME's nonces are made with.
  public static let acmeNonces = "acme-nonces"
}
