/// Until Credentials reads certs-only CMS.
enum CertificatesOnly {
  static func decode(_ encoded: [UInt8]) throws(CommandFailure) -> [[UInt8]] {
    throw CommandFailure(.refused, "certs-only CMS cannot be read yet")
  }
}
