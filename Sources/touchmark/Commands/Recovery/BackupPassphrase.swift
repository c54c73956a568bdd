import Foundation
import Issuance
import KeyCustody
import Registry

/// The passphrase of a backup: a file, the environment's file, a credential or the terminal; never the command line.
enum BackupPassphrase {
  static func obtain(file: String?, creating: Bool) async throws -> SecretBytes {
    var environment = ProcessInfo.processInfo.environment
    if let file { environment[SecretRole.backup.variable] = file }
    let source = SecretSource.forCreation(
      .backup, directory: "", environment: environment, isTerminal: SecretSource.hasTerminal)
    guard source.kind == .passphrase, case .passphrase(let passphrase) = try await source.obtained(creating: creating)
    else { throw CustodyError.noSecretSource(variable: SecretRole.backup.variable) }
    return passphrase
  }
}

/// What backing up and restoring throw, as commands say it.
enum RecoveryFailure {
  static func explained<T>(_ body: () async throws -> T) async throws -> T {
    do {
      return try await body()
    } catch let refusal as Refusal {
      throw CommandFailure(
        refusal.code == .conflict ? .conflict : .refused, refusal.reason, hint: refusal.hint ?? refusal.detail)
    } catch let error as CustodyError {
      throw CommandFailure(.refused, "\(error)")
    } catch let error as StoreError {
      throw CommandFailure(.refused, "\(Refusal.from(error).reason)")
    } catch let error as CocoaError {
      throw CommandFailure(
        .refused, "\(error.filePath ?? "a file") cannot be made or read: \(error.localizedDescription)",
        hint: "name a folder that exists, has room, and is yours")
    }
  }
}
