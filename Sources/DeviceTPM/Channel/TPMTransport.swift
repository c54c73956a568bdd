/// Carries one command to a TPM and its response back. Blocks; used by one thread.
protocol TPMTransport {
  func exchange(_ command: [UInt8]) throws(TPMError) -> [UInt8]
}

/// TPM 2.0 Library part 2, §5.3 and PC Client: no command or response is larger.
enum TPMLimits {
  static let message = 4096
  /// What one NV_Read is asked for; every TPM allows it.
  static let nonVolatilePart = 512
  static let nonVolatile = 16_384
  /// Commands waiting for the TPM's thread.
  static let queue = 64
  static let retries = 50
}
