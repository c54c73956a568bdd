import Enrollment
import WireFormats

/// A directory of a program that serves, reached with curl.
public struct ACMEOverCurl: ACMEAnswering {
  private let root: String

  /// - Parameter root: a file with what the server's certificate is trusted by.
  public init(trusting root: String) { self.root = root }

  public func answer(_ request: ACMERequest) async -> ACMEAnswer {
    var arguments = ["-sS", "-i", "--cacert", root, request.base + request.resource.path]
    if request.isPost {
      arguments += ["-H", "Content-Type: \(request.contentType ?? "")", "--data-binary", "@-"]
    }
    do {
      let said = try await Program(path: "/usr/bin/curl")
        .run(arguments, input: request.isPost ? String(decoding: request.body, as: UTF8.self) : "")
      return try Self.read(said.output)
    } catch {
      return ACMEAnswer(status: 599, contentType: nil, body: Array("\(error)".utf8))
    }
  }

  private static func read(_ text: String) throws -> ACMEAnswer {
    guard let end = text.firstRange(of: "\r\n\r\n") else { throw ACMEClient.Unexpected(what: text) }
    let lines = text[..<end.lowerBound].split(separator: "\r\n")
    func header(_ name: String) -> String? {
      lines.first { $0.lowercased().hasPrefix(name + ":") }
        .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    var answer = ACMEAnswer(
      status: status, contentType: header("content-type"), body: Array(text[end.upperBound...].utf8))
    (answer.location, answer.nonce) = (header("location"), header("replay-nonce"))
    return answer
  }
}
