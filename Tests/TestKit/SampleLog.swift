import Attestation

/// Writes crypto-agile logs with banks of SHA-256 and SHA-384.
package enum SampleLog {
  package static let banks: [TPMHashAlgorithm] = [.sha256, .sha384]

  package static func encode(_ events: [MeasuredEvent]) -> [UInt8] {
    var head = Array("Spec ID Event03".utf8) + [0, 0, 0, 0, 0, 0, 2, 0, 2] + little(UInt32(banks.count))
    for bank in banks { head += little(bank.rawValue) + little(UInt16(bank.size)) }
    head += [0]
    let first = little(UInt32(0)) + little(MeasuredEvent.noAction) + [UInt8](repeating: 0, count: 20)
    return first + little(UInt32(head.count)) + head + events.flatMap(encode)
  }

  package static func encode(_ event: MeasuredEvent) -> [UInt8] {
    let digests = banks.flatMap { little($0.rawValue) + (event.digests[$0] ?? [UInt8](repeating: 0, count: $0.size)) }
    return little(UInt32(event.register)) + little(event.type) + little(UInt32(banks.count)) + digests
      + little(UInt32(event.data.count)) + event.data
  }

  package static func event(_ register: Int, _ type: UInt32, _ data: String) -> MeasuredEvent {
    let data = Array(data.utf8)
    return MeasuredEvent(
      register: register, type: type,
      digests: Dictionary(uniqueKeysWithValues: banks.map { ($0, $0.digest(data)) }), data: data)
  }

  package static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
