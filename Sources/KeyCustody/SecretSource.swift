#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where the secret of a store comes from.
public enum SecretSource: Sendable, Hashable {
  /// A file that the environment names.
  case passphraseFile(path: String, variable: String)
  /// A file that the service manager handed over.
  case credential(path: String)
  /// Asked for on the terminal: for what.
  case terminal(noun: String)
  /// 32 random octets in a file beside the data, mode 0600.
  case machineLocal(path: String)

  public var kind: SecretKind {
    switch self {
    case .passphraseFile, .credential, .terminal: .passphrase
    case .machineLocal: .machineLocal
    }
  }

  /// For a new store: the passphrase file, else the credential, else the terminal, else a machine-local secret.
  ///
  /// - Parameters:
  ///   - directory: Where the machine-local secret would lie.
  ///   - isTerminal: Whether a person can be asked; `SecretSource.hasTerminal` in earnest.
  public static func forCreation(
    _ role: SecretRole, directory: String, environment: [String: String], isTerminal: Bool
  ) -> SecretSource {
    passphraseSource(role, environment: environment, isTerminal: isTerminal)
      ?? .machineLocal(path: "\(directory)/\(role.machineFile)")
  }

  /// For a store that is there: its header says which kind of secret it wants.
  ///
  /// Throws `noSecretSource` when it wants a passphrase and there is nowhere to get one.
  public static func forOpening(
    _ role: SecretRole, store: String, directory: String, environment: [String: String], isTerminal: Bool
  ) throws(CustodyError) -> SecretSource {
    switch try SealedKeyStore.secretKind(directory: store) {
    case .machineLocal: return .machineLocal(path: "\(directory)/\(role.machineFile)")
    case .passphrase:
      guard let source = passphraseSource(role, environment: environment, isTerminal: isTerminal) else {
        throw .noSecretSource(variable: role.variable)
      }
      return source
    }
  }

  private static func passphraseSource(
    _ role: SecretRole, environment: [String: String], isTerminal: Bool
  ) -> SecretSource? {
    if let path = environment[role.variable], !path.isEmpty {
      return .passphraseFile(path: path, variable: role.variable)
    }
    if let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty,
      DurableFile.exists("\(folder)/\(role.credential)")
    {
      return .credential(path: "\(folder)/\(role.credential)")
    }
    return isTerminal ? .terminal(noun: role.noun) : nil
  }

  /// Whether standard input and standard error are a terminal.
  public static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// One line for the start message: where the secret comes from, and what that is worth.
  public var explanation: String {
    switch self {
    case .passphraseFile(let path, let variable): "keys are opened by the passphrase in \(path) (\(variable))"
    case .credential(let path): "keys are opened by the passphrase in the credential \(path)"
    case .terminal: "keys are opened by the passphrase typed on the terminal"
    case .machineLocal(let path):
      "keys are opened by the machine-local secret \(path): whoever can read this disk can use them"
    }
  }
}
