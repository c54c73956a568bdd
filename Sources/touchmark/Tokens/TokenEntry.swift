import Foundation
import KeyCustody
import PKCS11
import TokenCustody

/// A token that an operator named: parsed, and with the source of its PIN.
struct TokenEntry: Sendable {
  let uri: PKCS11URI
  private let source: SecretSource?
  private let role: SecretRole

  /// - Parameter role: where the PIN comes from when the URI names no file.
  init(_ text: String, role: SecretRole = .token) throws(CommandFailure) {
    let uri: PKCS11URI
    do throws(PKCS11URIError) { uri = try PKCS11URI(parsing: text) } catch {
      throw CommandFailure(.usage, error.description, hint: Self.form)
    }
    guard uri.namesAnyToken, uri.modulePath != nil, uri.object == nil, uri.id == nil else {
      throw CommandFailure(.usage, "the PKCS #11 URI has to name a token and its module, and no key", hint: Self.form)
    }
    (self.uri, self.role) = (uri, role)
    source = uri.pinSource == nil ? Self.elsewhere(role) : nil
  }

  private static let form = "pkcs11:token=LABEL?module-path=/path/to/module.so&pin-source=/path/to/pin"

  /// As for passphrases; a machine-local secret is no PIN.
  private static func elsewhere(_ role: SecretRole) -> SecretSource? {
    let source = SecretSource.forCreation(
      role, directory: "", environment: ProcessInfo.processInfo.environment, isTerminal: SecretSource.hasTerminal)
    return source.kind == .passphrase ? source : nil
  }

  /// Starts the sessions' threads. The token need not be there; a PIN that is typed is asked for now.
  func open(_ limits: TokenPool.Limits = TokenPool.Limits()) async throws -> TokenPool {
    do throws(TokenError) { return try TokenPool(uri, pin: TokenPIN(try await pin()), limits: limits) } catch {
      throw CommandFailure(.refused, error.reason, hint: Self.form)
    }
  }

  private func pin() async throws(TokenError) -> TokenPIN.Source {
    if let path = uri.pinSource { return .file(path) }
    switch source {
    case .passphraseFile(let path, _), .credential(let path): return .file(path)
    case .terminal:
      let typed: UnsealingSecret?
      do throws(CustodyError) { typed = try await source?.obtained(creating: false) } catch {
        throw .needsOperator("\(error)")
      }
      guard case .passphrase(let pin)? = typed else { throw .needsOperator("no PIN was typed") }
      return .typed(pin)
    case .machineLocal, nil:
      throw .needsOperator("the token's PIN is nowhere: name its file with pin-source or in \(role.variable)")
    }
  }
}

extension TokenPool {
  /// For commands, which do nothing without the token: fails with what an operator can do.
  func expected() async throws -> TokenPool {
    do throws(TokenError) {
      try await probe()
      return self
    } catch {
      stop()
      throw CommandFailure(.refused, error.reason)
    }
  }
}
