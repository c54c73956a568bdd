import Credentials
import Crypto
import DeviceFormats
import TestKit
import Testing
import WireFormats

/// A key as a chip has it: it signs, and gives r and s.
private struct ChipKey: RequestSigner {
  let key = P256.Signing.PrivateKey()
  var refuses = false

  func sign(_ message: ByteView, into signature: UnsafeMutablePointer<UInt8>) -> Bool {
    guard !refuses, let made = try? key.signature(for: message.octets) else { return false }
    for (index, octet) in made.rawRepresentation.enumerated() { signature[index] = octet }
    return true
  }
}

/// r and s of our choice, to see the numbers' own forms.
private struct ConstantSigner: RequestSigner {
  let octets: [UInt8]

  func sign(_ message: ByteView, into signature: UnsafeMutablePointer<UInt8>) -> Bool {
    for (index, octet) in octets.enumerated() { signature[index] = octet }
    return true
  }
}

@Suite struct RequestAssemblyTests {
  func make(
    point: [UInt8], serial: String = "", name: String = "", capacity: Int = 384, signer: some RequestSigner
  ) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0xEE, count: capacity + 16)
    return try lend(point) { point in
      try lend(Array(serial.utf8)) { serial in
        try lend(Array(name.utf8)) { name in
          let assembly = RequestAssembly(point: point, serialNumber: serial, commonName: name)
          let made = try buffer.withUnsafeMutableBufferPointer {
            try assembly.write(into: $0.baseAddress, capacity: capacity, signer: signer).octets
          }
          #expect(buffer.suffix(16).allSatisfy { $0 == 0xEE })
          return made
        }
      }
    }
  }

  @Test(arguments: [("", ""), ("SN-1", ""), ("", "pump 7"), ("SN-1 (a)+b/c:d=?", "Pumpe Süd 7")])
  func openSSLAndCredentialsTakeIt(serial: String, name: String) throws {
    let (bench, chip) = (try Workbench(), ChipKey())
    for _ in 0..<8 {
      let der = try make(
        point: Array(chip.key.publicKey.x963Representation), serial: serial, name: name, signer: chip)
      let request = try CertificationRequest(parsing: der)
      #expect(request.verifyProofOfPossession())
      #expect(request.subject.values(of: AttributeType.serialNumber) == (serial.isEmpty ? [] : [serial]))
      #expect(request.subject.values(of: AttributeType.commonName) == (name.isEmpty ? [] : [name]))
      try bench.write(der, to: "request.der")
    }
    let shown = try bench.run("openssl", "req", "-inform", "DER", "-in", "request.der", "-verify", "-noout")
    #expect(shown.status == 0 && shown.text.contains("verify OK"), "\(shown.text)")
  }

  /// Numbers with their first bit set, short ones, and the longest names: every length that a header can have.
  @Test func numbersOfEveryForm() throws {
    let point = Array(P256.Signing.PrivateKey().publicKey.x963Representation)
    let longest = String(repeating: "n", count: 64)
    for (r, s) in [([UInt8(0x80)], [UInt8(0x7F)]), ([0xFF, 1, 2], [0, 0, 1]), ([1], [0x80])] {
      let octets = [UInt8](repeating: 0, count: 32 - r.count) + r + [UInt8](repeating: 0xFF, count: 32 - s.count) + s
      let der = try make(point: point, serial: longest, name: longest, signer: ConstantSigner(octets: octets))
      #expect(try !CertificationRequest(parsing: der).verifyProofOfPossession())
      #expect(der.count <= 360)
    }
    let full = try make(
      point: point, serial: longest, name: longest,
      signer: ConstantSigner(octets: [UInt8](repeating: 0xFF, count: 64)))
    #expect(full.count <= 360)
    #expect(try CertificationRequest(parsing: full).subject.values(of: AttributeType.commonName) == [longest])
  }

  @Test func refusals() throws {
    let chip = ChipKey()
    let point = Array(chip.key.publicKey.x963Representation)
    func outcome(_ body: () throws -> [UInt8]) -> FormatError? {
      do { _ = try body() } catch { return error as? FormatError }
      return nil
    }
    #expect(outcome { try make(point: Array(point.dropLast()), signer: chip) } == .badValue)
    #expect(outcome { try make(point: [2] + point.dropFirst(), signer: chip) } == .badValue)
    #expect(outcome { try make(point: point, serial: "ä", signer: chip) } == .badValue)
    #expect(outcome { try make(point: point, serial: "a_b", signer: chip) } == .badValue)
    #expect(outcome { try make(point: point, name: "a\u{0}b", signer: chip) } == .badValue)
    #expect(outcome { try make(point: point, name: String(repeating: "n", count: 65), signer: chip) } == .badValue)
    #expect(outcome { try make(point: point, signer: ChipKey(refuses: true)) } == .refused)
    #expect(
      outcome { try make(point: point, signer: ConstantSigner(octets: [UInt8](repeating: 0, count: 64))) } == .refused)
    // Every capacity that is too small says so, and nothing is written behind it.
    for capacity in 0..<190 {
      #expect(
        outcome { try make(point: point, serial: "SN-1", name: "n", capacity: capacity, signer: chip) } == .noRoom)
    }
  }
}
