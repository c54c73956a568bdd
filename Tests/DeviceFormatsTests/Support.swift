import Credentials
import DeviceFormats
import Foundation

/// Lends bytes to a reader for as long as the closure runs.
@discardableResult
func lend<Value>(_ bytes: [UInt8], _ body: (ByteView) throws -> Value) rethrows -> Value {
  try bytes.withUnsafeBufferPointer { try body(ByteView(start: $0.baseAddress, count: $0.count)) }
}

extension ByteView {
  var octets: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }
  var text: String { String(decoding: octets, as: UTF8.self) }
}

/// The cryptography of the server's side in the place of a chip's.
struct SoftwareVerifier: SignatureVerifier {
  func isValid(scheme: SignatureScheme, key: PublicKeyView, message: ByteView, signature: ByteView) -> Bool {
    guard let publicKey = try? SubjectPublicKeyInfo(parsing: key.encoded.octets),
      let algorithm = Self.algorithms[scheme]
    else { return false }
    let isCurve = key.kind == .p256 || key.kind == .p384
    guard let value = isCurve ? ECDSASignatureValue.encode(raw: signature.octets) : signature.octets else {
      return false
    }
    return publicKey.isValidSignature(value, over: message.octets, algorithm: algorithm)
  }

  static let algorithms: [SignatureScheme: SignatureAlgorithm] = [
    .ecdsaWithSHA256: .ecdsaWithSHA256, .ecdsaWithSHA384: .ecdsaWithSHA384, .ecdsaWithSHA512: .ecdsaWithSHA512,
    .ed25519: .ed25519, .rsaPKCS1WithSHA256: .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384: .rsaPKCS1WithSHA384,
    .rsaPKCS1WithSHA512: .rsaPKCS1WithSHA512,
  ]
}

/// Bytes that end where the process may not read on: one octet too far is a fault, in every build.
final class GuardedBytes {
  private let region: UnsafeMutableRawPointer
  private let size: Int
  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  init?(capacity: Int) {
    size = (capacity + page - 1) / page * page
    guard let mapped = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapped != MAP_FAILED, mprotect(mapped + size, page, PROT_NONE) == 0
    else { return nil }
    region = mapped
  }

  deinit { munmap(region, size + page) }

  @discardableResult
  func lend<Value>(_ bytes: [UInt8], _ body: (ByteView) throws -> Value) rethrows -> Value {
    let kept = min(bytes.count, size)
    let start = region + (size - kept)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress, kept > 0 { start.copyMemory(from: base, byteCount: kept) }
    }
    return try body(ByteView(start: start.assumingMemoryBound(to: UInt8.self), count: kept))
  }
}
