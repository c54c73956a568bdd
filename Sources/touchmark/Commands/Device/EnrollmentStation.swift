import AdministrationAPI
import Credentials
import Foundation
import WireFormats

/// Carries devices' requests to the server under a grant, several at once, and their certificates back.
package struct EnrollmentStation: Sendable {
  let server: ServerConnection
  let grant: String
  let secret: String

  package struct Outcome: Sendable {
    package var issued = 0, repeated = 0, kept = 0, refused = 0
  }

  /// What became of one unit.
  struct Line: Sendable {
    enum Result: String { case issued, repeated, kept, refused }

    let unit: EnrollmentUnit
    let serial: String
    let result: Result
    var serialNumber = ""
    var reason = ""

    /// CSV (RFC 4180), with the moment that it was written.
    func text(at now: Instant) -> String {
      CSV.record([serial, unit.file, result.rawValue, serialNumber, "\(now.wholeSecond)", Printable.text(reason)])
    }
  }

  /// Writes a line a unit as they are done.
  ///
  /// - Throws: `.noServer` when the server went away: what is done is done, and the same command goes on.
  package func enroll(_ units: [EnrollmentUnit], jobs: Int) async throws -> Outcome {
    var outcome = Outcome()
    var progress = TerminalProgress()
    defer { progress.clear() }
    StandardOutput.write(CSV.record(["serial", "file", "result", "serial_number", "time", "reason"]))
    var done = 0
    do {
      try await withThrowingTaskGroup(of: Line.self) { group in
        var rest = units[...]
        for _ in 0..<jobs { if let unit = rest.popFirst() { group.addTask { try await enroll(unit) } } }
        while let line = try await group.next() {
          if let unit = rest.popFirst() { group.addTask { try await enroll(unit) } }
          outcome.count(line.result)
          done += 1
          progress.clear()
          StandardOutput.write(line.text(at: .now))
          progress.show("\(done) of \(units.count)")
        }
      }
    } catch let failure as CommandFailure {
      progress.clear()
      throw CommandFailure(
        failure.exit, failure.message,
        hint: "\(done) of \(units.count) are done; the same command goes on where this one ended")
    }
    return outcome
  }

  private func enroll(_ unit: EnrollmentUnit) async throws -> Line {
    var serial = unit.stated ?? UnitFolder.stem(unit.file)
    do {
      let pem = try InputFile.request(unit.file)
      let request = try Self.parsed(pem)
      if unit.stated == nil, let named = request.namedSerial { serial = named }
      if let kept = try Self.kept(unit, request) {
        return Line(unit: unit, serial: serial, result: .kept, serialNumber: "\(kept)")
      }
      let issued = try await ask(SigningRequest(csr: pem, serial: serial, grant: grant, secret: secret))
      try Self.write(issued, to: unit.out)
      return Line(
        unit: unit, serial: serial, result: issued.repeated ? .repeated : .issued, serialNumber: issued.serialNumber)
    } catch let failure as CommandFailure where failure.exit != .noServer {
      return Line(unit: unit, serial: serial, result: .refused, reason: failure.message)
    }
  }

  /// A server that cannot just now is asked again for a while.
  private func ask(_ request: SigningRequest) async throws -> IssuedCertificate {
    for pause in [200, 500, 1000, 2000, 5000] {
      do {
        return try await server.post("/certificates", request)
      } catch let failure as CommandFailure where failure.exit == .later {
        try await Task.sleep(for: .milliseconds(pause))
      }
    }
    return try await server.post("/certificates", request)
  }

  private static func parsed(_ pem: String) throws(CommandFailure) -> CertificationRequest {
    guard let block = PEM.parse(pem)?.first, let request = try? CertificationRequest(parsing: block.bytes) else {
      throw CommandFailure(.refused, "the request cannot be read")
    }
    return request
  }
}

extension EnrollmentStation {
  /// The serial number of the certificate that an earlier run left, if it is this request's key's.
  private static func kept(
    _ unit: EnrollmentUnit, _ request: CertificationRequest
  ) throws(CommandFailure) -> SerialNumber? {
    guard FileManager.default.fileExists(atPath: unit.out) else { return nil }
    let blocks = PEM.parse(try InputFile.text(unit.out)) ?? []
    guard let block = blocks.first, let certificate = try? Certificate(parsing: block.bytes),
      certificate.publicKey == request.publicKey
    else { throw CommandFailure(.conflict, "\(unit.out) is there, and is not this key's certificate") }
    return certificate.serial
  }

  /// Whole or not at all: a cut leaves a file of another name, which the next run takes away.
  private static func write(_ issued: IssuedCertificate, to path: String) throws(CommandFailure) {
    let part = path + ".part"
    unlink(part)
    try PrivateFile.create(part, ([issued.certificate] + issued.chain).map(Issuers.ended).joined())
    guard rename(part, path) == 0 else {
      throw CommandFailure(.refused, "\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
  }
}

extension EnrollmentStation.Outcome {
  fileprivate mutating func count(_ result: EnrollmentStation.Line.Result) {
    switch result {
    case .issued: issued += 1
    case .repeated: repeated += 1
    case .kept: kept += 1
    case .refused: refused += 1
    }
  }
}

extension CertificationRequest {
  /// The serial that its subject says.
  var namedSerial: String? {
    subject.values(of: AttributeType.serialNumber).first ?? subject.values(of: AttributeType.commonName).first
  }
}
