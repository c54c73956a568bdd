import DeviceTPM
import WireFormats

/// What a TPM says of what this device booted: a quote of its registers, their values, and the log that leads to them.
package struct Evidence: Sendable {
  package let statement: TPMStatement
  package let values: [Int: [UInt8]]

  /// Where Linux keeps the measured-boot log.
  static let standardLog = "/sys/kernel/security/tpm0/binary_bios_measurements"
  /// Octets; what the server takes.
  static let longestLog = 256 << 10
  private static let attempts = 5

  /// A register that is extended between the reading and the quote gives values that do not fit; they are read again.
  package static func gather(
    _ tpm: TPM, by attester: TPMKeyBlob, _ registers: PCRSelection, nonce: [UInt8]
  ) throws(TPMError) -> Evidence {
    try Waiting.result { () async throws(TPMError) in
      var before = try await tpm.readPCRs(registers)
      for _ in 0..<attempts {
        let statement = try await tpm.quote(registers, by: .blob(attester), nonce: nonce)
        let after = try await tpm.readPCRs(registers)
        if after == before { return Evidence(statement: statement, values: after) }
        before = after
      }
      throw .unavailable("the TPM's registers change faster than they can be quoted")
    }
  }

  /// The body of `POST /attestation`.
  func body(nonce: JSONValue, log: [UInt8]?, firmwareVersion: String?) -> JSONValue {
    let values = values.sorted { $0.key < $1.key }.map { JSONValue.Member("\($0.key)", .string(Hex.encode($0.value))) }
    var members: [JSONValue.Member] = [
      .init("nonce", nonce), .init("attest", .octets(statement.attest)),
      .init("signature", .octets(statement.signature.encoded)), .init("pcrs", ["sha256": .object(values)]),
    ]
    if let log { members.append(.init("event_log", .octets(log))) }
    if let firmwareVersion { members.append(.init("firmware_version", .string(firmwareVersion))) }
    return .object(members)
  }
}

/// What the server asks of a quote.
struct EvidenceRequest {
  /// As it came: it goes back in the same words.
  let nonce: JSONValue
  let octets: [UInt8]
  let registers: PCRSelection
  let wantsLog: Bool

  /// Nil for what is no such request, or for a bank that this program has no quote of.
  init?(_ value: JSONValue?) {
    guard let value, let nonce = value["nonce"], let octets = nonce.octets, (16...64).contains(octets.count),
      value["bank"]?.text == "sha256", case .array(let named)? = value["pcrs"]
    else { return nil }
    var registers: [Int] = []
    for each in named {
      guard case .integer(let number) = each, (0..<24).contains(number) else { return nil }
      registers.append(Int(number))
    }
    guard !registers.isEmpty else { return nil }
    (self.nonce, self.octets, self.registers) = (nonce, octets, PCRSelection(registers))
    wantsLog = value["event_log"]?.text == "wanted"
  }
}
