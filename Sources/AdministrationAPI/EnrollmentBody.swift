/// What `POST /enroll` and `POST /profiles/{name}/try` take.
public struct EnrollmentBody: Codable, Hashable, Sendable {
  /// PKCS#10 as PEM.
  public var csr: String

  public init(csr: String) {
    self.csr = csr
  }
}
