import Crypto

/// SHA-256 over a whole certificate: how records name it.
public enum Fingerprint {
  public static func of(_ certificate: [UInt8]) -> [UInt8] {
    SHA256.hash(data: certificate).withUnsafeBytes { Array($0) }
  }
}
