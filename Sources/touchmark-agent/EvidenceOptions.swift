import ArgumentParser
import DeviceAgent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What goes with a TPM's quote.
struct EvidenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The measured-boot log; without it /sys/kernel/security/tpm0/binary_bios_measurements, where that can be read.",
      valueName: "file"))
  var eventLog: String?

  @Option(
    help: ArgumentHelp(
      "What this device says that it runs; TOUCHMARK_FIRMWARE_VERSION. The server looks up its reference values by it.",
      valueName: "version"))
  var firmwareVersion: String?

  func validate() throws {
    guard let version else { return }
    guard (1...64).contains(version.utf8.count), version.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw ValidationError("a firmware version is 1 to 64 printable ASCII characters")
    }
  }

  private var version: String? { firmwareVersion ?? getenv("TOUCHMARK_FIRMWARE_VERSION").map { String(cString: $0) } }

  var sources: EvidenceSources { EvidenceSources(log: eventLog, firmwareVersion: version) }
}
