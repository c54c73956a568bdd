import Crypto
import Foundation
import KeyCustody
import PKCS11

/// The PIN of a token: where it comes from, and whether the token refused it.
///
/// A token counts wrong tries and locks after a few. So each PIN is tried once: refused, it is not shown to the token
/// again before its source changed.
public final class TokenPIN: @unchecked Sendable {
  // Unchecked: `lock` guards what changes.
  public enum Source: Sendable {
    /// Read anew at each log-in.
    case file(String)
    /// Typed; kept for log-ins after the token was away.
    case typed(SecretBytes)
  }

  private let source: Source
  private let lock = NSLock()
  private var refused: [UInt8]?
  /// What refused PINs are remembered under, so that no digest of a PIN alone lies in memory.
  private let salt = SymmetricKey(size: .bits256)

  private static let maximumPIN = 256

  public init(_ source: Source) { self.source = source }

  /// Shows the PIN to `login` unless it is the one that was refused.
  ///
  /// - Parameter login: whether the token took it.
  func offer(_ login: (SecretBytes) throws(TokenError) -> Bool) throws(TokenError) {
    lock.lock()
    defer { lock.unlock() }
    let (pin, mark) = try read()
    guard mark != refused else { throw .needsOperator(Self.explanation(source)) }
    guard try login(pin) else {
      refused = mark
      throw .needsOperator(Self.explanation(source))
    }
    refused = nil
  }

  private static func explanation(_ source: Source) -> String {
    switch source {
    case .file(let path):
      "the token refused the PIN in \(path), and it is not tried again: write the right one into the file"
    case .typed: "the token refused the PIN, and it is not tried again: start once more and type the right one"
    }
  }

  /// The PIN, and what tells it from another one: its octets, and when its file was written.
  private func read() throws(TokenError) -> (SecretBytes, mark: [UInt8]) {
    switch source {
    case .typed(let pin): return (pin, mark(pin, ""))
    case .file(let path):
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw .needsOperator("the PIN's file \(path) cannot be read: \(String(cString: strerror(errno)))")
      }
      guard status.st_mode & 0o007 == 0 else {
        throw .needsOperator("the PIN's file \(path) is open to everyone: run chmod o= on it")
      }
      guard let pin = try Self.content(path), !pin.isEmpty else { throw .needsOperator("\(path) holds no PIN") }
      #if canImport(Darwin)
      let written = status.st_mtimespec
      #else
      let written = status.st_mtim
      #endif
      return (pin, mark(pin, "\(written.tv_sec).\(written.tv_nsec).\(status.st_ino)"))
    }
  }

  private static func content(_ path: String) throws(TokenError) -> SecretBytes? {
    do throws(CustodyError) {
      guard case .passphrase(let pin) = try SecretSource.credential(path: path).obtain(creating: false) else {
        return nil
      }
      guard pin.count <= maximumPIN else { throw CustodyError.tooLarge(path: path) }
      return pin
    } catch { throw .needsOperator("\(error)") }
  }

  private func mark(_ pin: SecretBytes, _ written: String) -> [UInt8] {
    pin.withBytes { octets in
      var code = HMAC<SHA256>(key: salt)
      code.update(data: octets)
      code.update(data: Array(written.utf8))
      return Array(code.finalize())
    }
  }
}
