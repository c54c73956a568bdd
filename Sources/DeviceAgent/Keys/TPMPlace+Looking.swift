import DeviceTPM

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension TPMPlace {
  /// What a machine's TPM is good for, before anybody asked for it.
  public enum Found: Hashable, Sendable {
    case absent
    /// It is there and cannot be used; why.
    case unusable(String)
    case usable
  }

  private static let device = "/dev/tpmrm0"

  /// Asks Linux' resource manager, and then the TPM itself.
  public func look() -> Found {
    guard access(Self.device, F_OK) == 0 else { return .absent }
    guard access(Self.device, R_OK | W_OK) == 0 else {
      return .unusable("\(Self.device): \(String(cString: strerror(errno)))")
    }
    let tpm = TPM(configuration)
    do throws(TPMError) {
      _ = try Waiting.result { () throws(TPMError) in try await tpm.readPCRs(PCRSelection([0])) }
      return .usable
    } catch {
      return .unusable(error.words)
    }
  }
}
