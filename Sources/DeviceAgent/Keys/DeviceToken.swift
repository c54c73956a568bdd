import Crypto
import Dispatch
import PKCS11
import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A token as a device has it: a session for each call, which are few, and nothing held between them.
final class DeviceToken: @unchecked Sendable {
  // Unchecked: what changes is touched on the queue alone.
  let uri: PKCS11URI
  private let queue = DispatchQueue(label: "touchmark.token")
  private var module: Cryptoki?
  /// A digest of the PIN that the token refused, which it is not shown again: it locks after a few.
  private var refused: [UInt8]?

  private static let longestPIN = 256

  init(_ uri: PKCS11URI) { self.uri = uri }

  /// Runs with a session of the user's. A token that went away is looked for once more, by starting the module anew.
  func run<Value>(_ body: (TokenSession) throws(TokenError) -> Value) throws(TokenError) -> Value {
    let result: Result<Value, TokenError> = queue.sync {
      let first = attempt(body)
      guard case .failure(.away) = first, let module else { return first }
      module.finalize()
      self.module = nil
      return attempt(body)
    }
    return try result.get()
  }

  private func attempt<Value>(_ body: (TokenSession) throws(TokenError) -> Value) -> Result<Value, TokenError> {
    do throws(TokenError) {
      let cryptoki = try initialized()
      let session = try TokenSession.open(cryptoki, slot: try cryptoki.slot(of: uri))
      defer { session.close() }
      try session.logIn { (show: TokenSession.Showing) throws(TokenError) in try offer(show) }
      return .success(try body(session))
    } catch {
      return .failure(error)
    }
  }

  private func initialized() throws(TokenError) -> Cryptoki {
    if let module { return module }
    let loaded = try Cryptoki.load(uri.modulePath ?? "")
    try loaded.initialize()
    module = loaded
    return loaded
  }

  private func offer(_ show: TokenSession.Showing) throws(TokenError) {
    guard let path = uri.pinSource else { throw .needsOperator("the PKCS #11 URI names no pin-source") }
    var pin: [UInt8]
    do throws(AgentFailure) { pin = try KeyAuthorization.read(path, longest: Self.longestPIN) } catch {
      throw .needsOperator(error.reason)
    }
    defer { Wiping.wipe(&pin) }
    let mark = Array(SHA256.hash(data: pin))
    guard mark != refused else { throw Self.refusal(path) }
    guard try show(pin) else {
      refused = mark
      throw Self.refusal(path)
    }
    refused = nil
  }

  private static func refusal(_ path: String) -> TokenError {
    .needsOperator("the token refused the PIN in \(path), and it is not tried again: write the right one into the file")
  }
}
